import process from 'node:process';
import type { Terminal } from './command.ts';

/** Standard output and error. A closed pipe (`callgate logs | head`) ends quietly. */
export const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

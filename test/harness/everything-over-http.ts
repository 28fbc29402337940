import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { realServer } from './real-servers.ts';

export interface ServerOverHttp {
  readonly url: string;
  close(): Promise<void>;
}

/** The reference server over Streamable HTTP, as a process of its own. */
export async function openEverythingOverHttp(): Promise<ServerOverHttp> {
  const port = await freePort();
  const [file = ''] = realServer('everything').command.args;
  const child = spawn(process.execPath, [file, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    // It says so when it listens.
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(String(port))) resolve();
    });
    child.once('exit', () => reject(new Error('server-everything did not start')));
  });
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A port that nobody listened on a moment ago: the server cannot be told to take a free one. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

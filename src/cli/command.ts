import type { Command } from 'commander';

/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  /** The answer is no: invalid, denied, findings. */
  no: 1,
  usage: 2,
  couldNotRun: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Terminal {
  out(text: string): void;
  error(text: string): void;
}

/** Adds one command to the program. `finish` says the exit code. */
export type Register = (program: Command, terminal: Terminal, finish: (code: ExitCode) => void) => void;

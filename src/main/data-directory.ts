/** The data directory: what is in it, who may read it, and the note a running server leaves in it. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface DataDirectory {
  readonly path: string;
  readonly controlDatabase: string;
  readonly ledger: string;
  /** 256 random bits, made at first start. */
  readonly operatorKey: string;
}

/** Makes the directory at first use. Throws one sentence when it cannot be used. */
export function openDataDirectory(path: string): DataDirectory {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw new StartProblem(`the data directory ${path} is a file`);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    throw new StartProblem(`the data directory ${path} cannot be used: ${reasonOf(error)}`);
  }
  return {
    path,
    controlDatabase: join(path, 'control.db'),
    ledger: join(path, 'ledger.db'),
    operatorKey: operatorKey(join(path, 'operator.key')),
  };
}

/** Folder by folder: Node's own recursive form never returns where a parent is a file system that takes no folders. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function operatorKey(path: string): string {
  if (!existsSync(path)) {
    writeFileSync(path, `co_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  }
  return readFileSync(path, 'utf8').trim();
}

/** Where a running server's control plane can be reached; commands find it here. */
export interface RunningServer {
  readonly pid: number;
  readonly control: string;
  readonly gateway: string;
}

const NOTE = 'serve.json';

export function noteRunning(directory: string, server: RunningServer): void {
  writeFileSync(join(directory, NOTE), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

export function forgetRunning(directory: string, pid: number): void {
  if (findRunning(directory)?.pid === pid) rmSync(join(directory, NOTE), { force: true });
}

/** The server that left its note, if that process still lives. */
export function findRunning(directory: string): RunningServer | undefined {
  const path = join(directory, NOTE);
  if (!existsSync(path)) return undefined;
  try {
    const server = JSON.parse(readFileSync(path, 'utf8')) as RunningServer;
    process.kill(server.pid, 0);
    return server;
  } catch {
    return undefined;
  }
}

/** Something the operator has to put right before the program can run: one line, no stack. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}

/** The short reason of a file or socket error. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOTDIR':
      return 'a part of the path is a file';
    case 'EADDRINUSE':
      return 'the port is taken';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

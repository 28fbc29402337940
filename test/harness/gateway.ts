/** The compiled gateway as a process of its own: free ports, its own data directory, a stack. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As in `stack.yaml`; JSON is YAML. */
export interface StackFile {
  readonly servers: readonly object[];
  readonly policies: readonly { readonly name: string; readonly server: string; readonly document: object }[];
  readonly grants: readonly {
    readonly label: string;
    readonly token: string;
    readonly servers: Readonly<Record<string, string | null>>;
  }[];
}

export interface RunningGateway {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly controlUrl: string;
  readonly dataDirectory: string;
  readonly process: ChildProcess;
  /** What it logged so far. */
  log(): string;
  /** Applies another stack to the running gateway. */
  apply(stack: StackFile): Promise<void>;
  /** SIGTERM, then waits for the exit; gives the exit code. Removes the data directory. */
  stop(): Promise<number | null>;
  /** SIGKILL, then waits for the exit. Removes the data directory. */
  kill(): Promise<void>;
}

const entryFile = fileURLToPath(new URL('../../bin/callgate.js', import.meta.url));

/** Starts a gateway with the stack applied; `settings` are process settings by name (`sessions: '3'`). */
export async function startGateway(
  stack: StackFile,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'callgate-test-'));
  const dataDirectory = join(folder, 'data');
  const stackFile = writeStack(folder, stack);
  const environment = Object.entries({
    listen: '127.0.0.1:0',
    control_listen: '127.0.0.1:0',
    log_level: 'warn',
    ...settings,
  }).map(([name, value]) => [`CALLGATE_${name.toUpperCase()}`, value]);
  const child = spawn(process.execPath, [entryFile, 'serve', '--apply', stackFile, '--data-dir', dataDirectory], {
    cwd: folder,
    env: { ...process.env, ...Object.fromEntries(environment) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let logged = '';
  child.stderr.on('data', (chunk: Buffer) => {
    logged += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (/^data /m.test(printed)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with code ${code}: ${logged}`)));
  });
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    url: printedAddress(printed, 'gateway'),
    controlUrl: printedAddress(printed, 'control'),
    dataDirectory,
    process: child,
    log: () => logged,
    apply: (next) => runCommand(['apply', '-f', writeStack(folder, next), '--prune', '--data-dir', dataDirectory]),
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}

function writeStack(folder: string, stack: StackFile): string {
  const path = join(folder, 'stack.yaml');
  writeFileSync(path, JSON.stringify({ version: '1', ...stack }));
  return path;
}

function printedAddress(printed: string, name: string): string {
  const address = new RegExp(`^${name} +(http\\S+)`, 'm').exec(printed)?.[1];
  if (address === undefined) throw new Error(`the gateway printed no address of its ${name}: ${printed}`);
  return address;
}

async function runCommand(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [entryFile, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`callgate ${args[0]} ended with code ${code}: ${said}`);
}

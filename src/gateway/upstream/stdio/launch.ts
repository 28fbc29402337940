import { stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { err, ok, type Result } from '../../../core/result.ts';
import { type Account, accountVariables, resolveAccount } from './account.ts';
import { resolveCommand } from './command.ts';
import type { StdioEntry } from './entry.ts';
import { buildEnvironment, childMarker } from './environment.ts';
import type { StdioStartFailure } from './failure.ts';
import { guarded } from './lifeline.ts';
import { findSandbox, sandboxArguments } from './sandbox.ts';

/** The machine a server is started on, as read once at the start of the gateway. */
export interface StdioHost {
  readonly platform: NodeJS.Platform;
  /** The gateway's own variables; few of them reach a child (see environment.ts). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative commands and folders of entries begin. */
  readonly folder: string;
  /** The user id the gateway runs as; undefined where the system has none. */
  readonly uid: number | undefined;
  /** The absolute path of what no sandboxed child may see. */
  readonly dataDirectory: string;
}

/** Exactly what is given to `spawn`. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly account?: Account;
}

/** Turns an entry into what is started, or says in one sentence what is missing. Starts nothing but a sandbox trial. */
export async function planLaunch(
  entry: StdioEntry,
  host: StdioHost,
  marker: string,
): Promise<Result<Launch, StdioStartFailure>> {
  const account = entry.user === undefined ? undefined : await resolveAccount(entry.user, host.uid);
  if (account !== undefined && !account.ok) return account;

  const sandbox = entry.sandbox === true ? {} : entry.sandbox === false ? undefined : entry.sandbox;
  const inherited = {
    ...host.environment,
    ...(account !== undefined && { USER: undefined, LOGNAME: undefined, ...accountVariables(account.value) }),
    // The gateway's temporary folder belongs to its account, and does not exist in a sandbox.
    ...((account !== undefined || sandbox !== undefined) && { TMPDIR: undefined }),
  };
  const environment = buildEnvironment(inherited, entry.env ?? {}, host.platform);
  if (!environment.ok) return environment;
  const env = environment.value;

  const args = entry.args ?? [];
  if (args.some((argument) => argument.includes('\0'))) {
    return err({ kind: 'invalid_entry', message: 'an argument contains a NUL character' });
  }
  const cwd = resolve(host.folder, entry.cwd ?? '.');
  if (
    !(await stat(cwd).then(
      (found) => found.isDirectory(),
      () => false,
    ))
  ) {
    return err({ kind: 'folder_missing', message: `working folder does not exist: ${cwd}` });
  }
  const command = await resolveCommand(entry.command, env['PATH'] ?? defaultPath, cwd);
  if (!command.ok) return command;

  let file = command.value;
  let argv: readonly string[] = args;
  if (sandbox !== undefined) {
    const bwrap = await findSandbox(account?.value);
    if (!bwrap.ok) return bwrap;
    const home = env['HOME'] ?? '/';
    const front = await sandboxArguments(sandbox, { command: file, cwd, home, dataDirectory: host.dataDirectory });
    if (!front.ok) return front;
    argv = [...front.value, file, ...args];
    file = bwrap.value;
  }
  const place = { cwd, ...(account !== undefined && { account: account.value }) };
  // There is neither sh nor a process group on Windows; the marker is for what reads it.
  if (host.platform === 'win32') return ok({ file, args: argv, env: { ...env, [childMarker]: marker }, ...place });
  return ok({ ...guarded(file, argv, marker), env, ...place });
}

const defaultPath = ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);

import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioSandbox } from './entry.ts';
import type { StdioStartFailure } from './failure.ts';

/**
 * Gives the arguments of `bwrap` (bubblewrap) that come before a server's own command line.
 *
 * The server sees the system folders read-only, an empty /tmp and home, its own processes only, and the listed paths.
 * Other accounts' files, home folders, keys and the gateway's data directory do not exist for it; the data directory is
 * covered even where a listed path contains it. Its processes form a namespace of their own, so all of them die with
 * the first, whatever group they moved to.
 */
export async function sandboxArguments(
  sandbox: StdioSandbox,
  place: {
    readonly command: string;
    readonly cwd: string;
    readonly home: string;
    readonly dataDirectory: string;
  },
): Promise<Result<readonly string[], StdioStartFailure>> {
  const readable = sandbox.readable ?? [];
  const writable = sandbox.writable ?? [];
  const relativePath = [...readable, ...writable].find((path) => !isAbsolute(path));
  if (relativePath !== undefined) {
    return err({ kind: 'invalid_entry', message: `sandbox path is not absolute: ${JSON.stringify(relativePath)}` });
  }
  const missing = await firstMissing([...readable, ...writable]);
  if (missing !== undefined) {
    return err({ kind: 'folder_missing', message: `sandbox path does not exist: ${missing}` });
  }
  const visible = [...systemFolders, ...readable, ...writable];
  for (const [what, path, fix] of [
    ['command', place.command, 'list its folder under sandbox.readable'],
    ['command', await realpath(place.command), 'list the folder it links to under sandbox.readable'],
    ['working folder', place.cwd, 'list it under sandbox.readable or sandbox.writable'],
  ] as const) {
    if (isInside(path, [place.dataDirectory]) || !isInside(path, visible)) {
      return err({ kind: 'sandbox_hides_command', message: `${what} ${path} is not in the sandbox: ${fix}` });
    }
  }
  return ok([
    '--die-with-parent',
    '--unshare-user-try',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(sandbox.network === false ? ['--unshare-net'] : []),
    '--cap-drop',
    'ALL',
    // First, so that it hides nothing of what follows. An account without a home has `/`.
    ...(place.home === '/' || !isAbsolute(place.home) ? [] : ['--tmpfs', place.home]),
    ...systemFolders.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    ...readable.flatMap((path) => ['--ro-bind', path, path]),
    ...writable.flatMap((path) => ['--bind', path, path]),
    // Last, so that it covers whatever was shown above.
    '--tmpfs',
    place.dataDirectory,
    '--remount-ro',
    place.dataDirectory,
    '--chdir',
    place.cwd,
    '--',
  ]);
}

/** The path of a `bwrap` that works here, tried once with an empty command; containers often forbid it. */
export async function findSandbox(
  account?: { readonly uid: number; readonly gid: number },
  candidates: readonly string[] = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'],
): Promise<Result<string, StdioStartFailure>> {
  for (const file of candidates) {
    if (
      await access(file, constants.X_OK).then(
        () => false,
        () => true,
      )
    )
      continue;
    const trial = ['--unshare-user-try', '--unshare-pid', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'];
    const problem = await new Promise<string | undefined>((resolve) => {
      execFile(
        file,
        [...trial, '--', '/bin/sh', '-c', ':'],
        { timeout: 5_000, env: {}, ...(account !== undefined && { uid: account.uid, gid: account.gid }) },
        (error, _stdout, stderr) => resolve(error === null ? undefined : stderr.trim() || error.message),
      );
    });
    if (problem === undefined) return ok(file);
    return err({ kind: 'sandbox_unavailable', message: `sandbox: ${file} does not work here: ${problem}` });
  }
  return err({
    kind: 'sandbox_unavailable',
    message: 'sandbox: bubblewrap (bwrap) is not installed; install it, or take `sandbox` out of the entry',
  });
}

// What programs need to run at all. /etc is among them for name resolution, certificates and accounts; what it keeps
// secret is protected by its file modes, which is one more reason to run servers as another user.
const systemFolders = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/etc',
  '/opt',
  '/nix',
  '/run/systemd/resolve',
];

function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const rest = relative(folder, path);
    return rest === '' || (rest !== '..' && !rest.startsWith('../') && !isAbsolute(rest));
  });
}

async function firstMissing(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (
      await access(path).then(
        () => false,
        () => true,
      )
    )
      return path;
  }
  return undefined;
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioStartFailure } from './failure.ts';

/**
 * Gives the absolute path of the program that `command` names: relative to `folder` when it contains a slash, else the
 * first executable file of that name on `path` (execvp's rule). Found before anything is started, because the system's
 * own error names neither the command nor the PATH that was searched.
 */
export async function resolveCommand(
  command: string,
  path: string,
  folder: string,
): Promise<Result<string, StdioStartFailure>> {
  if (command === '' || command.includes('\0')) {
    return err({ kind: 'invalid_entry', message: 'command is empty or contains a NUL character' });
  }
  const isPath = command.includes('/') || isAbsolute(command);
  // An empty or relative part of PATH means "wherever the gateway happens to stand": not something to run programs from.
  const folders = path.split(delimiter).filter((part) => isAbsolute(part));
  const candidates = isPath ? [resolve(folder, command)] : folders.map((part) => join(part, command));
  let present: string | undefined;
  for (const candidate of candidates) {
    const kind = await kindOf(candidate);
    if (kind === 'executable') return ok(candidate);
    if (kind === 'present') present ??= candidate;
  }
  if (present !== undefined) {
    return err({ kind: 'command_not_executable', message: `${present} is not an executable file` });
  }
  const where = isPath ? `no file ${candidates[0]}` : `not found on PATH (${path === '' ? 'empty' : path})`;
  return err({ kind: 'command_not_found', message: `command ${JSON.stringify(command)}: ${where}` });
}

async function kindOf(file: string): Promise<'executable' | 'present' | 'absent'> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return 'present';
    await access(file, constants.X_OK);
    return 'executable';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'present' : 'absent';
  }
}

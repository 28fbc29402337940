import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioStartFailure } from './failure.ts';

export type Environment = Readonly<Record<string, string>>;

/**
 * Gives the variables a server starts with: the allow-listed ones of the gateway, then the entry's own, which win.
 * Everything else the gateway was started with (database addresses, tokens, keys) stays with the gateway.
 */
export function buildEnvironment(
  gateway: Readonly<Record<string, string | undefined>>,
  own: Environment,
  platform: NodeJS.Platform,
): Result<Environment, StdioStartFailure> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(gateway)) {
    // A value that starts like an exported shell function would be run by old shells on the way.
    if (value === undefined || value.startsWith('()')) continue;
    if (isInherited(name, platform)) environment[name] = value;
  }
  for (const [name, value] of Object.entries(own)) {
    // A shell drops names it cannot express as variables; a server that misses one would be hard to explain.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === childMarker) {
      return err({ kind: 'invalid_entry', message: `env has a name that cannot be set: ${JSON.stringify(name)}` });
    }
    if (value.includes('\0')) {
      return err({ kind: 'invalid_entry', message: `env.${name} contains a NUL character` });
    }
    environment[name] = value;
  }
  return ok(environment);
}

/** Set to a random value in each child, so that descendants that left its process group are still known as its own. */
export const childMarker = 'CALLGATE_CHILD';

const posixNames = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'TERM', 'SHELL', 'USER', 'LOGNAME']);

// Without these, Windows programs find neither their libraries nor their profile.
const windowsNames = new Set(
  (
    'PATH PATHEXT SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC TEMP TMP USERNAME USERPROFILE HOMEDRIVE HOMEPATH ' +
    'APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROCESSOR_ARCHITECTURE'
  ).split(' '),
);

function isInherited(name: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return windowsNames.has(name.toUpperCase());
  return posixNames.has(name) || /^LC_[A-Z]+$/.test(name);
}

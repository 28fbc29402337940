/** Settings for commands: flags, environment, `callgate.yaml` in the folder the command was typed in. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Command } from 'commander';
import { callerFolder, readEnvironment } from '../config/environment.ts';
import { loadSettings, type Settings } from '../config/settings.ts';
import { reasonOf, StartProblem } from '../main/data-directory.ts';

const PATHS = ['data_dir', 'tls_cert', 'tls_key'] as const;

/** Reads the settings; flags are those of the command that have a setting's name. Throws `StartProblem` with every fault. */
export function readSettings(flags: Readonly<Record<string, unknown>>): Settings {
  const folder = callerFolder();
  const file = typeof flags['config'] === 'string' ? fromCaller(flags['config']) : resolve(folder, 'callgate.yaml');
  if (flags['config'] !== undefined && !existsSync(file)) throw new StartProblem(`${file}: there is no such file`);
  const known = Object.fromEntries(
    Object.entries(flags)
      .map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const)
      .filter(([name]) => name !== 'config' && SETTING_FLAGS.has(name)),
  );
  const loaded = loadSettings({
    flags: known as Record<string, string | undefined>,
    environment: readEnvironment(),
    file: existsSync(file) ? { name: file, text: readFile(file) } : undefined,
  });
  if (!loaded.ok)
    throw new StartProblem(loaded.error.map((problem) => `${problem.source}: ${problem.text}`).join('\n'));
  const settings: Settings = { ...loaded.value };
  for (const name of PATHS) {
    const path = settings[name];
    if (path !== undefined) settings[name] = fromCaller(path);
  }
  return settings;
}

/** A path as the caller meant it: relative to where the command was typed. */
export function fromCaller(path: string): string {
  return isAbsolute(path) ? path : resolve(callerFolder(), path);
}

export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartProblem(`${path}: ${reasonOf(error)}`);
  }
}

const SETTING_FLAGS = new Set([
  'listen',
  'control_listen',
  'data_dir',
  'durability',
  'public_url',
  'tls_cert',
  'tls_key',
  'behind_proxy',
  'allowed_hosts',
  'log_level',
  'audit',
]);

/** The flag that every command with a data directory has. */
export function withDataDirectory(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'folder of keys, control database and ledger (default .callgate)')
    .option('--config <file>', 'settings file (default callgate.yaml, where there is one)');
}

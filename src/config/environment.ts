/** The only reader of the process environment. */
import process from 'node:process';

/** A copy of the environment as it is now. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env };
}

/**
 * Where the command was typed: npm changes to the package's folder before it runs one of its scripts and leaves the
 * caller's in INIT_CWD, which is believed only under our own scripts.
 */
export function callerFolder(): string {
  const { INIT_CWD: typedIn, npm_package_name: scriptOf } = process.env;
  return typedIn !== undefined && scriptOf === 'callgate' ? typedIn : process.cwd();
}

/** The log: what is in it, what is not, and what it cannot be made to show. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callStateless } from '../client/honest-client.ts';
import { NotYet } from '../verdicts.ts';
import type { World } from '../world.ts';
import { firstLane } from '../world.ts';
import { unless } from './on-each-lane.ts';

const COMMAND = fileURLToPath(new URL('../../../bin/callgate.js', import.meta.url));

/** Values of arguments and tokens are in no file and in no line that is printed. */
export async function valuesInLog(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const canary = `canary-${world.ledger.position()}-value`;
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
  await callStateless(caller, 'tools/call', { name: 'search', arguments: { q: canary } });
  await callStateless(caller, 'tools/call', { name: 'read_file', arguments: { path: `/etc/${canary}` } });
  await callStateless(caller, 'tools/call', { name: 'search', arguments: { q: canary, [`key-of-${canary}`]: 1 } });
  const secrets = [canary, world.tokens.a, world.tokens.b];
  const folder = world.gateway.keyFolder;
  const found = readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    // Names of arguments are kept; their values are not.
    const text = bytes.toString('latin1').replaceAll(`key-of-${canary}`, '');
    return secrets.filter((secret) => text.includes(secret)).map(() => `${name} holds a value`);
  });
  return [
    ...found,
    ...unless(!secrets.some((secret) => world.gateway.printed.includes(secret)), 'a value was printed'),
  ];
}

/** Names with line breaks, escapes and invisible characters draw nothing on a terminal and make no further line. */
export async function injectedLog(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
  const name = `evil\r\n2026-01-01T00:00:00Z allow forged\u001b[2J\u202e\u200b\u0007`;
  await callStateless(caller, 'tools/call', { name, arguments: {} });
  await callStateless(caller, 'tools/call', { name: `x${'y'.repeat(20_000)}`, arguments: {} });
  const count = 4;
  const printed = await logs(world, '-n', String(count), '--server', lane.slug);
  const asJson = await logs(world, '-n', String(count), '--server', lane.slug, '--json');
  const lines = printed.trimEnd().split('\n');
  const rows = asJson.trimEnd().split('\n');
  return [
    ...unless(
      lines.length === count && rows.length === count,
      `${count} decisions make ${lines.length} and ${rows.length} lines`,
    ),
    ...unless(
      // oxlint-disable-next-line no-control-regex -- that is what is looked for
      !/[\u0000-\u0009\u000b-\u001f\u007f\u200b\u202e]/.test(printed),
      'control or invisible characters are printed',
    ),
    ...unless(
      rows.every((row) => row.length < 4_000),
      'a row holds a name of any length',
    ),
  ];
}

/** Rows that were edited, deleted or moved are found. */
export function changedLog(): Promise<string[]> {
  return Promise.reject(new NotYet('`callgate audit verify` is not built'));
}

function logs(world: World, ...options: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [COMMAND, 'logs', '--data-dir', world.gateway.keyFolder, ...options];
    execFile(process.execPath, args, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });
}

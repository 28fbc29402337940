import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDecisionLog } from '../../src/stores/ledger/open-decision-log.ts';

const program = fileURLToPath(new URL('./race-for-units.ts', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-race-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('processes that race for the last units of a counter get exactly its maximum between them', async () => {
  const path = join(folder, 'ledger.db');
  const racers = [race(path), race(path), race(path)];
  await Promise.all(racers.map(async (racer) => expect(await racer.nextLine()).toBe('ready')));
  for (const racer of racers) racer.go();
  const admitted = await Promise.all(racers.map(async (racer) => Number(await racer.nextLine())));
  expect(admitted.reduce((sum, each) => sum + each, 0)).toBe(500);
  const log = openDecisionLog(path);
  expect(await log.counters({ at: Date.now() })).toMatchObject([{ taken: 500, attempts: 500 }]);
  await log.close();
});

function race(path: string) {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [program, path, '500', '400'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    nextLine: async () => (await lines.next()).value,
    go: () => child.stdin.write('go\n'),
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aDecision, anOutcome } from '../../../test/contracts/ledger-samples.ts';
import type { DecisionLog } from '../../core/decisions/decision-log.ts';
import { GroupWriter } from './group-writer.ts';
import { openDecisionLog } from './open-decision-log.ts';
import type { Operation } from './operations.ts';

const now = Date.UTC(2026, 10, 22);
const CALLS = 7_000;
const RARE = [0, 1, 2_999, 3_000, 6_999];

let folder: string;
let log: DecisionLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const path = join(folder, 'ledger.db');
  const settings = { path, durability: 'process', create: true, busyWaitMs: 1_000, acceptClock: false } as const;
  const writer = new GroupWriter({ ...settings, clockToleranceMs: 10_000 });
  writer.write(Array.from({ length: CALLS }, (_, i) => call(i)).flat());
  writer.close();
  log = openDecisionLog(path);
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

test.each(['newest', 'oldest'] as const)('a search through many slices finds what is rare, %s first', async (order) => {
  const expected = RARE.map((i) => now + i);
  if (order === 'newest') expected.reverse();
  const { decisions, next } = await log.search({ name: 'rare' }, { order });
  expect(decisions.map(({ decision }) => decision.at)).toEqual(expected);
  expect(next).toBeUndefined();
  const first = await log.search({ name: 'rare' }, { order, limit: 2 });
  const rest = await log.search({ name: 'rare' }, { order, limit: 3, cursor: first.next ?? '' });
  expect([...first.decisions, ...rest.decisions].map(({ decision }) => decision.at)).toEqual(expected);
  expect(rest.next).toBeUndefined();
});

test('a search through many slices leaves turns to others in between', async () => {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await log.search({ name: 'nothing of the kind' });
  isDone = true;
  expect(turns).toBeGreaterThan(3);
});

function call(i: number): Operation[] {
  const record = aDecision(now + i, { name: RARE.includes(i) ? 'rare' : 'common' });
  const { id, at } = record;
  const text = JSON.stringify(record);
  return [
    { kind: 'admit', id, at, text, takes: [], blockedBy: undefined, consume: undefined },
    ...(i % 2 === 0 ? [{ kind: 'settle', id, text: JSON.stringify(anOutcome(record)), release: [] } as const] : []),
  ];
}

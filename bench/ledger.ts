/**
 * What an admitted call costs: `node bench/ledger.ts [rounds] [arm]` (5 rounds, all arms whose name and number of callers
 * contain the second argument). Prints, for 1 and 16 concurrent callers with one limit each, CPU per call over all
 * threads (decision, counter, outcome, checkpoints, collector; the bench's own records included), calls per second and
 * latency of `admit`, as medians over interleaved rounds, beside the naive way: a synchronous transaction per record on
 * the main thread, with checkpoints at commit.
 *
 * What it does not show: the group size of a real gateway. "busy" comes near, with 60 µs of other work on the main thread
 * for each call. A round trip between idle threads costs 50 to 90 µs of CPU on a virtual machine whose processors go to
 * sleep, and half of that where they are kept awake; a call alone pays it whole.
 *
 * Alternatives that were measured (Node 26.10, SQLite 3.53, 2 virtual processors, shared; µs of CPU per call for decision
 * and outcome of 860 bytes together, in groups of 16, the writing alone, without counters):
 *
 * | way of keeping the records | µs |
 * |---|---:|
 * | one table in the order of commits, unique index on (id, kind), JSON text, a statement per row | 6.2 to 6.7 |
 * | the same, eight rows per statement | **5.0** |
 * | the same, with five more columns to search by | 6.8 to 8.1 |
 * | WITHOUT ROWID, key (id, kind); a call alone takes 28 µs instead of 20 | 7.3 to 8.4 |
 * | two tables WITHOUT ROWID, with columns to search by | 10.4 |
 * | every member a column | 8.8 |
 * | a group as one text, taken apart by json_each | 9.6 to 10.8 |
 * | no index on the id: neither lookup nor a single outcome | 4.3 |
 * | one row per group: the same, and search reads everything | 2.8 |
 *
 * Searching JSON text looks at 0.7 million decisions a second (columns: 2.5 million), which is enough for what a person
 * asks, so there are no columns. Pages of 1, 2, 8 or 16 KiB instead of 4 are no better for groups of 16, or worse alone.
 *
 * | way to the thread, 16 calls | µs per call |
 * |---|---:|
 * | objects by structured clone | 4.0 |
 * | all as JSON text | 5.0 |
 * | JSON of all but the texts, and the texts | 2.8 |
 * | tuples by structured clone | **2.1** |
 *
 * A thread that waits in Atomics.wait instead of its event loop answers no sooner: 69 to 75 µs a round trip against 61 to
 * 76, 96 against 94 with 16 calls.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decisionId } from '../src/core/decisions/decision-id.ts';
import type { DecisionRecord, OutcomeRecord } from '../src/core/decisions/record.ts';
import type { Take } from '../src/core/limits/take.ts';
import { openLedger } from '../src/stores/ledger/open-ledger.ts';

interface Arm {
  readonly name: string;
  readonly callers: number;
  readonly calls: number;
  /** Busy time on the main thread for each call, in microseconds: what a gateway does besides. Not counted in CPU. */
  readonly workUs?: number;
  open(path: string): Promise<Target>;
}

interface Target {
  call(record: DecisionRecord, take: Take): Promise<void> | void;
  settle(outcome: OutcomeRecord): void;
  close(): Promise<void>;
}

const pool = { bytes: randomBytes(1 << 16), drawn: 0 };
const rounds = Number(process.argv[2] ?? 5);
const only = process.argv[3] ?? '';
const allArms: readonly Arm[] = [
  { name: 'naive, process', callers: 1, calls: 4_000, open: (path) => openNaive(path, 'NORMAL') },
  { name: 'ledger, process', callers: 1, calls: 4_000, open: (path) => openGrouped(path, 'process') },
  {
    name: 'ledger on a thread, process',
    callers: 1,
    calls: 4_000,
    open: (path) => openGrouped(path, 'process', 'thread'),
  },
  {
    name: 'ledger on a thread, process',
    callers: 16,
    calls: 16_000,
    open: (path) => openGrouped(path, 'process', 'thread'),
  },
  { name: 'naive, process', callers: 16, calls: 16_000, open: (path) => openNaive(path, 'NORMAL') },
  { name: 'ledger, process', callers: 16, calls: 16_000, open: (path) => openGrouped(path, 'process') },
  { name: 'naive, process, busy', callers: 16, calls: 8_000, workUs: 60, open: (path) => openNaive(path, 'NORMAL') },
  {
    name: 'ledger, process, busy',
    callers: 16,
    calls: 8_000,
    workUs: 60,
    open: (path) => openGrouped(path, 'process'),
  },
  {
    name: 'ledger on a thread, process, busy',
    callers: 16,
    calls: 8_000,
    workUs: 60,
    open: (path) => openGrouped(path, 'process', 'thread'),
  },
  { name: 'naive, power', callers: 1, calls: 1_000, open: (path) => openNaive(path, 'FULL') },
  { name: 'ledger, power', callers: 1, calls: 1_000, open: (path) => openGrouped(path, 'power') },
  { name: 'naive, power', callers: 16, calls: 2_000, open: (path) => openNaive(path, 'FULL') },
  { name: 'ledger, power', callers: 16, calls: 8_000, open: (path) => openGrouped(path, 'power') },
];
const arms = allArms.filter((arm) => `${arm.name} ${arm.callers}`.includes(only));

const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
const runs = await Promise.all(
  arms.map(async (arm, index) => ({
    arm,
    target: await arm.open(join(folder, `${index}.db`)),
    all: new Array<Figures>(),
  })),
);
// The threads live as long as a server would; the first round warms their compilers up and is thrown away.
for (const { arm, target } of runs) await measure(arm, target);
for (let round = 0; round < rounds; round += 1)
  for (const { arm, target, all } of runs) all.push(await measure(arm, target));
for (const { target } of runs) await target.close();
rmSync(folder, { recursive: true });

console.log('| way | callers | CPU µs/call | of it main thread | calls/s | p50 ms | p99 ms |');
console.log('|---|---:|---:|---:|---:|---:|---:|');
for (const { arm, all } of runs) {
  const figure = (of: (figures: Figures) => number, digits: number) => median(all.map(of)).toFixed(digits);
  const cells = [
    figure((f) => f.cpuUs, 1),
    figure((f) => f.mainUs, 1),
    figure((f) => f.perSecond, 0),
    figure((f) => f.p50, 3),
    figure((f) => f.p99, 3),
  ];
  console.log(`| ${arm.name} | ${arm.callers} | ${cells.join(' | ')} |`);
}

interface Figures {
  readonly cpuUs: number;
  readonly mainUs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function measure(arm: Arm, target: Target): Promise<Figures> {
  const cpu = process.cpuUsage();
  const main = process.threadCpuUsage();
  const startedAt = performance.now();
  const latencies = await callAll(target, arm);
  const elapsedMs = performance.now() - startedAt;
  const mainUsed = process.threadCpuUsage(main);
  const used = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  return {
    cpuUs: (used.user + used.system) / latencies.length - (arm.workUs ?? 0),
    mainUs: (mainUsed.user + mainUsed.system) / latencies.length - (arm.workUs ?? 0),
    perSecond: (latencies.length / elapsedMs) * 1000,
    p50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

async function callAll(target: Target, { callers, calls, workUs = 0 }: Arm): Promise<number[]> {
  const latencies: number[] = [];
  const caller = async () => {
    for (let i = 0; i < calls / callers; i += 1) {
      const now = Date.now();
      const record = recordAt(now);
      const startedAt = performance.now();
      await target.call(record, takeAt(now));
      latencies.push(performance.now() - startedAt);
      target.settle({ id: record.id, at: now, status: 'ok', httpStatus: 200, bytes: 412, durationMs: 12.5 });
      if (workUs > 0) await work(workUs);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return latencies;
}

/** Part of a call that is spent in CPU, and the turn of the event loop in which its answer would come. */
async function work(us: number): Promise<void> {
  for (const end = performance.now() + us / 1000; performance.now() < end; );
  await nextTurn();
}

async function openGrouped(path: string, durability: 'process' | 'power', writer?: 'here' | 'thread'): Promise<Target> {
  const ledger = await openLedger({ path, durability, ...(writer === undefined ? {} : { writer }) });
  return {
    async call(record, take) {
      const admission = await ledger.admit({ record, takes: [take] });
      if (!admission.admitted) throw new Error(admission.reason);
    },
    settle: (outcome) => ledger.settle(outcome, []),
    close: () => ledger.close(),
  };
}

async function openNaive(path: string, synchronous: 'NORMAL' | 'FULL'): Promise<Target> {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
  db.exec('CREATE TABLE log (seq INTEGER PRIMARY KEY, id TEXT, kind INTEGER, record TEXT)');
  db.exec('CREATE UNIQUE INDEX log_by_id ON log (id, kind)');
  db.exec('CREATE TABLE counters (key TEXT, start INTEGER, taken INTEGER, PRIMARY KEY (key, start)) WITHOUT ROWID');
  const insert = db.prepare('INSERT INTO log (id, kind, record) VALUES (?, ?, ?)');
  const take1 = db.prepare(
    'INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET taken = taken + excluded.taken RETURNING taken',
  );
  return await Promise.resolve({
    call(record: DecisionRecord, take: Take) {
      db.exec('BEGIN IMMEDIATE');
      take1.get(take.key, take.windowStart, take.amount);
      insert.run(record.id, 0, JSON.stringify(record));
      db.exec('COMMIT');
    },
    settle: (outcome: OutcomeRecord) => void insert.run(outcome.id, 1, JSON.stringify(outcome)),
    close: async () => await Promise.resolve(db.close()),
  });
}

function recordAt(now: number): DecisionRecord {
  return {
    id: decisionId(now, randomTen()),
    at: now,
    organisation: 'org_01HZX',
    grant: { id: 'gr_01HZXABCDEFGHJK', label: 'ci-runner' },
    server: { id: 'srv_01HZXABCDEFGH', slug: 'shop' },
    effect: 'allow',
    rule: '/tools/create_refund',
    method: 'tools/call',
    name: 'create_refund',
    direction: 'client',
    revision: '2025-11-25',
    session: 's_5f2c8d1e9a7b4c3d',
    client: 'an-agent 2.1.0',
    policy: { name: 'shop-agents', version: 7 },
    definition: 'sha256:4fd1f0c1f5d6a7b8c9d0e1f2a3b4c5d6',
    argumentKeys: ['amount', 'currency', 'reason'],
    argumentsHash: 'h1:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6',
    trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  };
}

function takeAt(now: number): Take {
  const day = 86_400_000;
  const windowStart = Math.floor(now / day) * day;
  return {
    rule: '/tools/create_refund/limits/0',
    counter: 'refunds',
    key: 'org_01HZX/srv_01HZXABCDEFGH/refunds/grant/gr_01HZXABCDEFGHJK/day/fixed',
    algorithm: 'fixed',
    windowStart,
    windowEnd: windowStart + day,
    amount: 1,
    max: 1_000_000_000,
    releaseOnError: false,
  };
}

/** Drawn from a pool: one system call for each ten bytes would cost 4 µs a call. */
function randomTen(): Uint8Array {
  if (pool.drawn + 10 > pool.bytes.length) {
    pool.bytes = randomBytes(1 << 16);
    pool.drawn = 0;
  }
  pool.drawn += 10;
  return pool.bytes.subarray(pool.drawn - 10, pool.drawn);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

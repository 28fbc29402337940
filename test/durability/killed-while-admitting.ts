import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { DecisionLog, LoggedDecision } from '../../src/core/decisions/decision-log.ts';
import type { Amount } from '../../src/core/limits/amount.ts';
import { openDecisionLog } from '../../src/stores/ledger/open-decision-log.ts';
import { openLedger } from '../../src/stores/ledger/open-ledger.ts';
import { aDecision, aTake } from '../contracts/ledger-samples.ts';
import { MAX } from './admit-in-a-loop.ts';

const program = fileURLToPath(new URL('./admit-in-a-loop.ts', import.meta.url));

/**
 * Two processes admit calls on one ledger file; both are killed at random moments, `kills` times in all, and started
 * anew. After each kill everything that was printed as admitted must be on file, and every counter must hold exactly
 * what the log says was admitted less what came back, and never more than its maximum.
 */
export async function killWhileAdmitting(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-kill-'));
  const path = join(folder, 'ledger.db');
  try {
    await (await openLedger({ path, durability: 'process' })).close();
    const printed: string[] = [];
    for (let kill = 0; kill < kills; kill += 2) {
      const runs = [startAdmitting(path, `${kill}a`), startAdmitting(path, `${kill}b`)];
      await Promise.all(runs.map((run) => run.begun));
      await Promise.all(
        runs.map(async (run) => {
          await pause(Math.random() * 60);
          printed.push(...(await run.kill()));
        }),
      );
      await expectConsistent(path, printed);
    }
    expect(printed.length).toBeGreaterThan(kills * 10);
    // It goes on: the file takes the next call.
    const ledger = await openLedger({ path, durability: 'process' });
    const now = Date.now();
    expect(await ledger.admit({ record: aDecision(now), takes: [aTake(now)] })).toMatchObject({ admitted: true });
    await ledger.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  /** Resolves when it has admitted its first calls. */
  readonly begun: Promise<void>;
  /** Kills it and gives the complete lines that it printed. */
  kill(): Promise<string[]>;
}

function startAdmitting(path: string, prefix: string): Run {
  const child: ChildProcess = spawn(process.execPath, [program, path, `${prefix}/`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begun = Promise.withResolvers<void>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void closed.then(() => begun.reject(new Error('ended before it was killed')));
  let output = '';
  child.stdout?.setEncoding('latin1').on('data', (chunk: string) => {
    output += chunk;
    begun.resolve();
  });
  return {
    begun: begun.promise,
    async kill() {
      child.kill('SIGKILL');
      await closed;
      expect(child.signalCode).toBe('SIGKILL');
      return output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1);
    },
  };
}

async function expectConsistent(path: string, printed: readonly string[]): Promise<void> {
  const log = openDecisionLog(path);
  try {
    const admitted = (await allDecisions(log)).filter(({ decision }) => decision.effect === 'allow');
    const onFile = new Set(admitted.map(({ decision }) => decision.id));
    expect(printed.filter((line) => !onFile.has(line.slice(0, line.indexOf(' '))))).toEqual([]);

    const standings = await log.counters({ at: Date.now(), limit: 1_000_000 });
    const taken = new Map<string, Amount>(standings.map((standing) => [standing.key, standing.taken]));
    const releases = admitted.filter(({ outcome }) => outcome !== 'unknown' && (outcome.released ?? []).length > 0);
    expect(taken.get('all')).toBe(admitted.length - releases.length);

    const released = new Set(releases.map(({ decision }) => decision.id));
    const held = new Map<string, number>();
    for (const line of printed) {
      const [id = '', key = ''] = line.split(' ');
      if (!released.has(id)) held.set(key, (held.get(key) ?? 0) + 1);
    }
    for (const [key, count] of held) expect(taken.get(key)).toBeGreaterThanOrEqual(count);
    for (const [key, amount] of taken) if (key !== 'all') expect(amount).toBeLessThanOrEqual(MAX);
  } finally {
    await log.close();
  }
}

async function allDecisions(log: DecisionLog): Promise<LoggedDecision[]> {
  const all: LoggedDecision[] = [];
  let cursor: string | undefined;
  do {
    const page = await log.search({}, { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.decisions);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}

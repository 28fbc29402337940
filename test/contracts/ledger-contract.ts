import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decisionId } from '../../src/core/decisions/decision-id.ts';
import type { DecisionFilter, DecisionLog, FollowedDecision } from '../../src/core/decisions/decision-log.ts';
import type { Admission, AdmissionRequest, Ledger } from '../../src/core/decisions/ledger.ts';
import type { DecisionRecord, OutcomeRecord } from '../../src/core/decisions/record.ts';
import { type Amount, addAmounts, compareAmounts } from '../../src/core/limits/amount.ts';
import { aDecision, anOutcome, aTake } from './ledger-samples.ts';

/** One store that any number of ledgers and readers share, as replicas would. */
export interface LedgerStore {
  /** Opens a further ledger on the store. Those still open are closed with the store. */
  open(): Promise<Ledger>;
  openLog(): Promise<DecisionLog>;
  /** Milliseconds since the epoch, for the instants of calls. The ledgers' own sense of passing time follows it. */
  readonly clock: { now: number };
  close(): Promise<void>;
}

/** What every ledger promises, whatever keeps it. `makeStore` gives an empty store whose clock stands at any instant. */
export function describeLedger(name: string, makeStore: () => Promise<LedgerStore>): void {
  let store: LedgerStore;
  let ledger: Ledger;
  let log: DecisionLog;

  beforeEach(async () => {
    store = await makeStore();
    ledger = await store.open();
    log = await store.openLog();
    // The start of a window, so that no test runs over the end of one by accident.
    store.clock.now = Math.ceil(store.clock.now / 60_000) * 60_000;
  });
  afterEach(async () => {
    await log.close();
    await store.close();
  });

  describe(`${name}: admitting`, () => {
    test('a call without limits is admitted, and its record reads as it was given', async () => {
      const decision = aDecision(store.clock.now, {
        reason: 'quotes " and \\ and ünïcödé \u2028 and \ud800 alone',
        argumentKeys: ['a', '__proto__'],
        policy: { name: 'p', version: 3 },
      });
      expect(await ledger.admit({ record: decision })).toEqual({ admitted: true, readings: [] });
      expect(await log.get(decision.id)).toEqual({ decision, outcome: 'unknown' });
    });

    test('a denial is recorded as it is', async () => {
      const denial = aDecision(store.clock.now, {
        effect: 'deny',
        rule: '(default deny)',
        code: 'denied',
        reason: 'No.',
      });
      expect(await ledger.admit({ record: denial })).toEqual({ admitted: true, readings: [] });
      expect(await log.get(denial.id)).toEqual({ decision: denial, outcome: 'unknown' });
    });

    test('the readings count the call itself, in the answer and in the record', async () => {
      const { now } = store.clock;
      await admit(1);
      const decision = aDecision(now);
      const readings = [
        { rule: '/tools/search/limits/0', counter: 'searches', max: 10, taken: 2, resetsAt: now + 60_000 },
      ];
      expect(await ledger.admit({ record: decision, takes: [aTake(now)] })).toEqual({ admitted: true, readings });
      expect((await log.get(decision.id))?.decision).toEqual({ ...decision, limits: readings });
    });

    test('the call after the last unit is refused, and told which limit, what remains and when it resets', async () => {
      const { now } = store.clock;
      await admit(10);
      const decision = aDecision(now + 1_500);
      const take = aTake(now, { onDeny: 'Slow down.' });
      const reading = { rule: take.rule, counter: 'searches', max: 10, taken: 10, resetsAt: now + 60_000 };
      const admission = await ledger.admit({ record: decision, takes: [take] });
      expect(admission).toEqual({
        admitted: false,
        by: 'limit',
        rule: take.rule,
        code: 'limit',
        refused: 0,
        reading,
        reason: expect.stringMatching(/^Slow down\. .*"searches".*10 of 10/) as unknown,
        retryAfterSeconds: 59,
      });
      expect((await log.get(decision.id))?.decision).toEqual({
        ...decision,
        effect: 'deny',
        rule: take.rule,
        code: 'limit',
        reason: refusalOf(admission).reason,
        limits: [reading],
      });
    });

    test('of several limits the first that does not fit refuses, and nothing is taken from any', async () => {
      const { now } = store.clock;
      const full = aTake(now, { key: 'b', max: 1 });
      const takes = [aTake(now, { key: 'a' }), full, aTake(now, { key: 'c', max: 0 })];
      await ledger.admit({ record: aDecision(now), takes: [full] });
      const before = await log.counters({ at: now });
      const refusal = refusalOf(await ledger.admit({ record: aDecision(now), takes }));
      expect(refusal).toMatchObject({ by: 'limit', refused: 1 });
      expect(await log.counters({ at: now })).toEqual(before);
    });

    test('a new window has fresh quota, and the old one keeps what it took', async () => {
      const { now } = store.clock;
      const admittedAt = async (at: number) => {
        store.clock.now = at;
        return (await ledger.admit({ record: aDecision(at), takes: [aTake(at)] })).admitted;
      };
      await admit(10);
      expect(await admittedAt(now + 59_999)).toBe(false);
      expect(await admittedAt(now + 60_000)).toBe(true);
      expect(await admittedAt(now + 59_999)).toBe(false);
    });

    test('one counter named twice in a call is taken once', async () => {
      const { now } = store.clock;
      const takes = [aTake(now), aTake(now, { rule: '/all_tools/limits/0' })];
      expect(await ledger.admit({ record: aDecision(now), takes })).toMatchObject({
        readings: [{ taken: 1 }, { taken: 1 }],
      });
      expect(await log.counters({ at: now })).toMatchObject([{ taken: 1 }]);
    });

    test.each<[string, Amount, Amount, number]>([
      ['tenths', '0.1', '0.3', 3],
      ['integers beyond doubles', '9007199254740993', '27021597764222979', 3],
      ['more digits than a double has', '0.00000000000000000001', '0.00000000000000000005', 5],
    ])('amounts are exact: %s', async (_, amount, max, fitting) => {
      const { now } = store.clock;
      const admit = () => ledger.admit({ record: aDecision(now), takes: [aTake(now, { amount, max })] });
      const admissions = await Promise.all(Array.from({ length: fitting + 1 }, admit));
      expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(fitting);
      // From the store, not from memory.
      await ledger.close();
      ledger = await store.open();
      expect(await admit()).toMatchObject({ admitted: false, reading: { taken: max } });
    });

    test('a sliding limit counts across the turn of the window', async () => {
      const { now } = store.clock;
      const admittedAt = async (at: number) => {
        store.clock.now = at;
        const takes = [aTake(at, { algorithm: 'sliding', key: 'sliding', max: 2 })];
        return (await ledger.admit({ record: aDecision(at), takes })).admitted;
      };
      expect(await admittedAt(now + 50_000)).toBe(true);
      expect(await admittedAt(now + 59_000)).toBe(true);
      expect(await admittedAt(now + 61_000)).toBe(false);
      expect(await admittedAt(now + 109_999)).toBe(false);
      // At most a sixtieth of the window later than to the millisecond.
      expect(await admittedAt(now + 111_000)).toBe(true);
      expect(await admittedAt(now + 111_000)).toBe(false);
    });

    test('a second decision under one id is refused alone, and takes nothing', async () => {
      const { now } = store.clock;
      const decision = aDecision(now);
      await ledger.admit({ record: decision, takes: [aTake(now)] });
      const [first, again, last] = await Promise.allSettled(
        [aDecision(now), decision, aDecision(now)].map((record) => ledger.admit({ record, takes: [aTake(now)] })),
      );
      expect(first).toMatchObject({ status: 'fulfilled', value: { admitted: true } });
      expect(again).toMatchObject({ status: 'rejected', reason: { trouble: 'duplicate' } });
      expect(last).toMatchObject({ status: 'fulfilled', value: { admitted: true, readings: [{ taken: 3 }] } });
    });

    test.each<[string, (now: number) => AdmissionRequest]>([
      ['an id of another instant', (now) => ({ record: aDecision(now, { id: decisionId(now - 1, tenBytes) }) })],
      ['an instant that is none', (now) => ({ record: { ...aDecision(now), at: Number.NaN } })],
      ['a negative amount', (now) => ({ record: aDecision(now), takes: [aTake(now, { amount: -1 })] })],
      ['a rounded amount', (now) => ({ record: aDecision(now), takes: [aTake(now, { amount: 0.1 })] })],
      ['an empty window', (now) => ({ record: aDecision(now), takes: [aTake(now, { windowEnd: 0 })] })],
      ['a window without the call', (now) => ({ record: aDecision(now), takes: [aTake(now - 60_000)] })],
      ['a denial that takes', (now) => ({ record: aDecision(now, { effect: 'deny' }), takes: [aTake(now)] })],
    ])('%s is refused as invalid', async (_, request) => {
      await expect(ledger.admit(request(store.clock.now))).rejects.toMatchObject({ trouble: 'invalid' });
      expect(await log.search({})).toEqual({ decisions: [] });
    });
  });

  describe(`${name}: several at once`, () => {
    test('exactly the maximum is admitted of calls that come at once', async () => {
      const { now } = store.clock;
      const admissions = await Promise.all(
        Array.from({ length: 50 }, () => ledger.admit({ record: aDecision(now), takes: [aTake(now)] })),
      );
      expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(10);
      expect((await log.search({ effect: 'allow' })).decisions).toHaveLength(10);
      expect((await log.search({ effect: 'deny' })).decisions).toHaveLength(40);
    });

    test('exactly the maximum is admitted by ledgers that share a store, group after group', async () => {
      const { now } = store.clock;
      const ledgers = [ledger, await store.open(), await store.open()];
      const takes = [aTake(now, { max: 100 })];
      let admitted = 0;
      await Promise.all(
        [...ledgers, ...ledgers].map(async (each) => {
          for (let i = 0; i < 30; i += 1) {
            if ((await each.admit({ record: aDecision(now), takes })).admitted) admitted += 1;
          }
        }),
      );
      expect(admitted).toBe(100);
      expect(await log.counters({ at: now })).toMatchObject([{ taken: 100, attempts: 100 }]);
    });

    test('what one ledger took or gave back, another sees at once', async () => {
      const { now } = store.clock;
      const other = await store.open();
      const takes = [aTake(now, { max: 1 })];
      const decision = aDecision(now);
      await ledger.admit({ record: decision, takes });
      expect(await other.admit({ record: aDecision(now), takes })).toMatchObject({ admitted: false });
      ledger.settle(anOutcome(decision), takes);
      await ledger.flush();
      expect(await other.admit({ record: aDecision(now), takes })).toMatchObject({ admitted: true });
      expect(await ledger.admit({ record: aDecision(now), takes })).toMatchObject({ admitted: false });
    });

    test('counters never over-admit, and hold what was admitted less what came back, in any order of events', async () => {
      const call = fc.record({
        ledger: fc.nat({ max: 1 }),
        counters: fc.uniqueArray(fc.nat({ max: 2 }), { maxLength: 3 }),
        amount: fc.constantFrom<Amount>(0, 1, 2, 3, '0.5', '1.25'),
        after: fc.constantFrom('nothing', 'settle', 'release', 'release twice'),
        isAwaited: fc.boolean(),
      });
      const ledgers = [ledger, await store.open()];
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 25 }), async (calls) => {
          run += 1;
          const { now } = store.clock;
          const prefix = `run ${run}:`;
          const held: [Amount, Amount, Amount] = [0, 0, 0];
          const underway: Promise<void>[] = [];
          for (const { ledger: which, counters, amount, after, isAwaited } of calls) {
            const each = ledgers[which] ?? ledger;
            const takes = counters.map((counter) =>
              aTake(now, { rule: `/limits/${counter}`, key: prefix + counter, amount, max: 4 + counter }),
            );
            const play = async () => {
              const decision = aDecision(now);
              const admission = await each.admit({ record: decision, takes });
              if (!admission.admitted) return;
              if (!after.startsWith('release')) {
                for (const counter of counters) held[counter] = addAmounts(held[counter] ?? 0, amount);
              }
              if (after !== 'nothing') each.settle(anOutcome(decision), after === 'settle' ? [] : takes);
              if (after === 'release twice') each.settle(anOutcome(decision), takes);
            };
            underway.push(play());
            if (isAwaited) await underway.at(-1);
          }
          await Promise.all(underway);
          await Promise.all(ledgers.map((each) => each.flush()));
          const standings = await log.counters({ at: now, keyPrefix: prefix });
          for (const [counter, expected] of held.entries()) {
            expect(standings.find(({ key }) => key === prefix + counter)?.taken ?? 0).toEqual(expected);
            expect(compareAmounts(expected, 4 + counter)).toBeLessThanOrEqual(0);
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe(`${name}: settling`, () => {
    test('an outcome joins its decision; without one it reads unknown', async () => {
      const [settled, open] = [aDecision(store.clock.now), aDecision(store.clock.now)];
      await Promise.all([ledger.admit({ record: settled }), ledger.admit({ record: open })]);
      const outcome: OutcomeRecord = anOutcome(settled, {
        status: 'rpc_error',
        errorCode: -32_000,
        detail: 'boom "x"',
      });
      ledger.settle(outcome, []);
      await ledger.flush();
      expect(await log.get(settled.id)).toEqual({ decision: settled, outcome });
      expect(await log.get(open.id)).toEqual({ decision: open, outcome: 'unknown' });
    });

    test('an outcome becomes durable without being waited for', async () => {
      const decision = aDecision(store.clock.now);
      await ledger.admit({ record: decision });
      ledger.settle(anOutcome(decision), []);
      await expect.poll(async () => (await log.get(decision.id))?.outcome).not.toBe('unknown');
    });

    test('only the first outcome of a call counts', async () => {
      const decision = aDecision(store.clock.now);
      await ledger.admit({ record: decision });
      ledger.settle(anOutcome(decision, { status: 'timeout' }), []);
      ledger.settle(anOutcome(decision, { status: 'ok' }), []);
      await ledger.flush();
      expect((await log.get(decision.id))?.outcome).toMatchObject({ status: 'timeout' });
    });

    test('a unit goes back to the window it was taken in, also when that has ended', async () => {
      const { now } = store.clock;
      const later = now + 60_000;
      const decision = aDecision(now);
      await ledger.admit({ record: decision, takes: [aTake(now, { max: 1 })] });
      store.clock.now = later;
      await ledger.admit({ record: aDecision(later), takes: [aTake(later, { max: 1 })] });
      ledger.settle(anOutcome(decision, { at: later }), [aTake(now, { max: 1 })]);
      await ledger.flush();
      expect(await log.counters({ at: now })).toMatchObject([{ taken: 0, attempts: 1 }]);
      expect(await log.counters({ at: later })).toMatchObject([{ taken: 1, attempts: 1 }]);
    });

    test('a unit of a sliding window comes back to it', async () => {
      const { now } = store.clock;
      const slide = (at: number) => [aTake(at, { algorithm: 'sliding', key: 'sliding', max: 1 })];
      const decision = aDecision(now);
      await ledger.admit({ record: decision, takes: slide(now) });
      ledger.settle(anOutcome(decision), slide(now));
      store.clock.now += 30_000;
      const later = store.clock.now;
      expect(await ledger.admit({ record: aDecision(later), takes: slide(later) })).toMatchObject({ admitted: true });
      expect(await ledger.admit({ record: aDecision(later), takes: slide(later) })).toMatchObject({ admitted: false });
    });

    test('a unit comes back once, however often the call is settled', async () => {
      const { now } = store.clock;
      const decision = aDecision(now);
      await admit(2);
      await ledger.admit({ record: decision, takes: [aTake(now)] });
      ledger.settle(anOutcome(decision), [aTake(now), aTake(now)]);
      ledger.settle(anOutcome(decision), [aTake(now)]);
      await ledger.flush();
      ledger.settle(anOutcome(decision), [aTake(now)]);
      await ledger.flush();
      expect(await log.counters({ at: now })).toMatchObject([{ taken: 2, attempts: 3 }]);
    });

    test('a call that was refused, never came, or took from another counter gives nothing back', async () => {
      const { now } = store.clock;
      await admit(10);
      const refused = aDecision(now);
      await ledger.admit({ record: refused, takes: [aTake(now)] });
      const unlimited = aDecision(now);
      await ledger.admit({ record: unlimited });
      for (const decision of [refused, unlimited, aDecision(now)]) ledger.settle(anOutcome(decision), [aTake(now)]);
      await ledger.flush();
      expect(await log.counters({ at: now })).toMatchObject([{ taken: 10 }]);
    });

    test('a limit that gives back after errors allows five times its maximum of attempts', async () => {
      const { now } = store.clock;
      const takes = [aTake(now, { max: 2, releaseOnError: true })];
      for (let i = 0; i < 10; i += 1) {
        const decision = aDecision(now);
        expect(await ledger.admit({ record: decision, takes })).toMatchObject({ admitted: true });
        ledger.settle(anOutcome(decision, { status: 'tool_error' }), takes);
      }
      const refusal = refusalOf(await ledger.admit({ record: aDecision(now), takes }));
      expect(refusal).toMatchObject({ by: 'limit', code: 'limit', reading: { taken: 0 } });
      expect(refusal.reason).toMatch(/attempts/);
    });
  });

  describe(`${name}: single use`, () => {
    const tokenUntil = (expiresAt: number) => ({ key: 'token', expiresAt, rule: '/tools/search/approval' });

    test('a token is used up by the call that it admits, and refuses every other', async () => {
      const { now } = store.clock;
      const consume = tokenUntil(now + 1_000);
      expect(await ledger.admit({ record: aDecision(now), consume })).toMatchObject({ admitted: true });
      const again = aDecision(now);
      expect(await ledger.admit({ record: again, takes: [aTake(now)], consume })).toMatchObject({
        admitted: false,
        by: 'single_use',
        rule: '/tools/search/approval',
        code: 'denied',
      });
      expect((await log.get(again.id))?.decision).toMatchObject({ effect: 'deny', rule: '/tools/search/approval' });
      expect(await log.counters({ at: now })).toEqual([]);
    });

    test('of calls with one token that come at once, on any ledger, one is admitted', async () => {
      const { now } = store.clock;
      const ledgers = [ledger, await store.open()];
      const consume = tokenUntil(now + 1_000);
      const admissions = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (ledgers[i % 2] ?? ledger).admit({ record: aDecision(now), consume })),
      );
      expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(1);
    });

    test('a token that has expired refuses', async () => {
      const { now } = store.clock;
      expect(await ledger.admit({ record: aDecision(now), consume: tokenUntil(now) })).toMatchObject({
        admitted: false,
        by: 'single_use',
      });
    });

    test('a call that a limit refuses does not use up its token', async () => {
      const { now } = store.clock;
      await admit(10);
      const consume = tokenUntil(now + 1_000);
      await ledger.admit({ record: aDecision(now), takes: [aTake(now)], consume });
      expect(await ledger.admit({ record: aDecision(now), consume })).toMatchObject({ admitted: true });
    });
  });

  describe(`${name}: flow labels`, () => {
    const blockedBy = (lineage = 'gr_1') => ({ lineage, labels: ['secret', 'untrusted'], rule: '/tools/send' });

    test('a label refuses what it blocks from the moment it is durable, on any ledger, and nothing is taken', async () => {
      const { now } = store.clock;
      const other = await store.open();
      expect(await other.admit({ record: aDecision(now), blockedBy: blockedBy() })).toMatchObject({ admitted: true });
      await ledger.addLabels({ lineage: 'gr_1', labels: ['untrusted'], expiresAt: now + 1_000 });
      const decision = aDecision(now);
      const admission = await other.admit({ record: decision, takes: [aTake(now)], blockedBy: blockedBy() });
      expect(admission).toMatchObject({
        admitted: false,
        by: 'label',
        rule: '/tools/send',
        code: 'denied',
        label: 'untrusted',
        expiresAt: now + 1_000,
      });
      expect((await log.get(decision.id))?.decision).toMatchObject({ effect: 'deny', rule: '/tools/send' });
      expect(await log.counters({ at: now })).toEqual([]);
    });

    test('a label holds for its lineage alone, until its end, and of two ends the later', async () => {
      const { now } = store.clock;
      await ledger.addLabels({ lineage: 'gr_1', labels: ['untrusted'], expiresAt: now + 2_000 });
      await ledger.addLabels({ lineage: 'gr_1', labels: ['untrusted', 'other'], expiresAt: now + 1_000 });
      const admitted = async (at: number, lineage?: string) =>
        (await ledger.admit({ record: aDecision(at), blockedBy: blockedBy(lineage) })).admitted;
      expect(await admitted(now, 'gr_2')).toBe(true);
      expect(await admitted(now + 1_999)).toBe(false);
      expect(await admitted(now + 2_000)).toBe(true);
    });

    test('a call that is blocked by no label of its lineage goes through', async () => {
      const { now } = store.clock;
      await ledger.addLabels({ lineage: 'gr_1', labels: ['personal'], expiresAt: now + 1_000 });
      expect(await ledger.admit({ record: aDecision(now), blockedBy: blockedBy() })).toMatchObject({ admitted: true });
      expect(await ledger.admit({ record: aDecision(now) })).toMatchObject({ admitted: true });
    });
  });

  describe(`${name}: the clock`, () => {
    test('a call behind the newest record by more than the tolerance is refused; by less it is admitted', async () => {
      const { now } = store.clock;
      const other = await store.open();
      await ledger.admit({ record: aDecision(now) });
      expect(await other.admit({ record: aDecision(now - 5_000) })).toMatchObject({ admitted: true });
      await expect(other.admit({ record: aDecision(now - 15_000) })).rejects.toMatchObject({ trouble: 'clock' });
      await expect(ledger.admit({ record: aDecision(now - 15_000) })).rejects.toMatchObject({ trouble: 'clock' });
      expect((await log.search({})).decisions).toHaveLength(2);
    });

    test('so it is after the ledger was opened anew', async () => {
      const { now } = store.clock;
      await ledger.admit({ record: aDecision(now) });
      await ledger.close();
      ledger = await store.open();
      await expect(ledger.admit({ record: aDecision(now - 15_000) })).rejects.toMatchObject({ trouble: 'clock' });
    });

    test('a clock that leaps ahead of the time that passed is refused, until it has kept its course', async () => {
      const { now } = store.clock;
      await ledger.admit({ record: aDecision(now) });
      const leapt = (ms: number) => ({ record: aDecision(now + 3_600_000 + ms) });
      await expect(ledger.admit(leapt(0))).rejects.toMatchObject({ trouble: 'clock' });
      expect(await ledger.admit({ record: aDecision(now) })).toMatchObject({ admitted: true });
      store.clock.now = now + 59_000;
      await expect(ledger.admit(leapt(59_000))).rejects.toMatchObject({ trouble: 'clock' });
      store.clock.now = now + 60_000;
      expect(await ledger.admit(leapt(60_000))).toMatchObject({ admitted: true });
    });

    test('hours without a call are no leap', async () => {
      await ledger.admit({ record: aDecision(store.clock.now) });
      store.clock.now += 5 * 3_600_000;
      expect(await ledger.admit({ record: aDecision(store.clock.now) })).toMatchObject({ admitted: true });
    });
  });

  describe(`${name}: refusals before authentication`, () => {
    test('are counted by source, kind and minute, apart from the log', async () => {
      const { now } = store.clock;
      for (let i = 0; i < 3; i += 1) ledger.noteRefusal({ at: now + i, source: '192.0.2.1', kind: 'no_grant' });
      ledger.noteRefusal({ at: now, source: '192.0.2.1', kind: 'wrong_host' });
      ledger.noteRefusal({ at: now, source: '192.0.2.2', kind: 'no_grant' });
      await ledger.flush();
      ledger.noteRefusal({ at: now + 59_999, source: '192.0.2.1', kind: 'no_grant' });
      ledger.noteRefusal({ at: now + 60_000, source: '192.0.2.1', kind: 'no_grant' });
      await ledger.flush();
      expect(await log.earlyRefusals({})).toEqual([
        { minute: now + 60_000, source: '192.0.2.1', kind: 'no_grant', count: 1 },
        { minute: now, source: '192.0.2.1', kind: 'no_grant', count: 4 },
        { minute: now, source: '192.0.2.1', kind: 'wrong_host', count: 1 },
        { minute: now, source: '192.0.2.2', kind: 'no_grant', count: 1 },
      ]);
      expect(await log.earlyRefusals({ from: now + 60_000 })).toHaveLength(1);
      expect(await log.earlyRefusals({ until: now + 60_000 })).toHaveLength(3);
      expect(await log.search({})).toEqual({ decisions: [] });
    });

    test('of a flood of sources take a bounded number of rows, and none is lost', async () => {
      const { now } = store.clock;
      for (const [which, each] of [ledger, await store.open()].entries()) {
        for (let i = 0; i < 5_000; i += 1) {
          each.noteRefusal({ at: now, source: `2001:db8::${which}:${i}`, kind: 'no_grant' });
        }
        await each.flush();
      }
      const rows = await log.earlyRefusals({ limit: 10_000 });
      expect(rows.length).toBeLessThanOrEqual(101);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    });
  });

  describe(`${name}: reading`, () => {
    test.each<[string, DecisionFilter]>([
      ['organisation', { organisation: 'other' }],
      ['grant id', { grant: 'gr_2' }],
      ['grant label', { grant: 'nightly "x"' }],
      ['server id', { server: 'srv_2' }],
      ['server slug', { server: 'files' }],
      ['name', { name: 'wrïte\u0000' }],
      ['method', { method: 'resources/read' }],
      ['effect', { effect: 'hide' }],
      ['rule', { rule: '(hidden)' }],
      ['several at once', { effect: 'hide', grant: 'gr_2', name: 'wrïte\u0000' }],
    ])('a search by %s finds exactly the calls that have it', async (_, filter) => {
      const { now } = store.clock;
      const wanted = aDecision(now, {
        organisation: 'other',
        grant: { id: 'gr_2', label: 'nightly "x"' },
        server: { id: 'srv_2', slug: 'files' },
        name: 'wrïte\u0000',
        method: 'resources/read',
        effect: 'hide',
        rule: '(hidden)',
      });
      // The same words in other places.
      const decoy = aDecision(now, {
        session: 'other',
        client: 'hide',
        definition: '(hidden)',
        argumentKeys: ['gr_2', 'nightly "x"', 'srv_2', 'files', 'wrïte\u0000', 'resources/read'],
      });
      const { server: _server, name: _name, ...bare } = aDecision(now);
      const records: DecisionRecord[] = [wanted, decoy, bare];
      await Promise.all(records.map((record) => ledger.admit({ record })));
      expect((await log.search(filter)).decisions).toEqual([{ decision: wanted, outcome: 'unknown' }]);
      expect((await log.search({ ...filter, name: 'no such' })).decisions).toEqual([]);
    });

    test('pages of any size give every call once, in order, both ways', async () => {
      const { now } = store.clock;
      const decisions = Array.from({ length: 23 }, (_, i) => aDecision(now + Math.floor(i / 3)));
      await Promise.all(decisions.map((record) => ledger.admit({ record })));
      for (const decision of decisions.slice(0, 9)) ledger.settle(anOutcome(decision), []);
      await ledger.flush();
      const oldestFirst = decisions.map(({ id }) => id).sort();
      for (const limit of [1, 2, 5, 22, 23, 1_000]) {
        expect(await pages('oldest', limit)).toEqual(oldestFirst);
        expect(await pages('newest', limit)).toEqual(oldestFirst.toReversed());
      }
    });

    async function pages(order: 'newest' | 'oldest', limit: number): Promise<string[]> {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await log.search({}, { order, limit, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.decisions.length).toBeLessThanOrEqual(limit);
        ids.push(...page.decisions.map(({ decision }) => decision.id));
        cursor = page.next;
      } while (cursor !== undefined);
      return ids;
    }

    test('a span of time has its start and not its end', async () => {
      const { now } = store.clock;
      const decisions = [0, 1, 2, 3].map((i) => aDecision(now + i));
      await Promise.all(decisions.map((record) => ledger.admit({ record })));
      const found = await log.search({ from: now + 1, until: now + 3 }, { order: 'oldest' });
      expect(found.decisions.map(({ decision }) => decision.at)).toEqual([now + 1, now + 2]);
      expect((await log.search({ from: now + 3, until: now + 1 })).decisions).toEqual([]);
    });

    test('what is no cursor is refused', async () => {
      await expect(log.search({}, { cursor: 'x' })).rejects.toMatchObject({ trouble: 'invalid' });
    });

    test('a follower sees every record once, in the order of commits, and can go on where it stopped', async () => {
      const { now } = store.clock;
      const other = await store.open();
      const followed = (at: number) => aDecision(at, { name: 'followed' });
      await ledger.admit({ record: aDecision(now) });
      const stop = new AbortController();
      const seen: FollowedDecision[] = [];
      const begun = followed(now);
      const following = (async () => {
        // From the beginning, so that it does not matter when it begins to look.
        for await (const each of log.follow({ name: 'followed' }, { signal: stop.signal, after: 0 })) seen.push(each);
      })();
      await ledger.admit({ record: begun });
      await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(1);
      // The younger id commits first.
      const [older, younger] = [followed(now + 1), followed(now + 2)];
      await other.admit({ record: younger });
      await ledger.admit({ record: aDecision(now + 2) });
      await ledger.admit({ record: older });
      ledger.settle(anOutcome(younger), []);
      await ledger.flush();
      await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(4);
      stop.abort();
      await following;
      expect(seen.map(({ record, decision, outcome }) => [record, decision.id, outcome === 'unknown'])).toEqual([
        ['decision', begun.id, true],
        ['decision', younger.id, true],
        ['decision', older.id, true],
        ['outcome', younger.id, false],
      ]);
      const again = new AbortController();
      for await (const each of log.follow({}, { signal: again.signal, after: seen[2]?.position ?? 0 })) {
        expect([each.record, each.decision.id]).toEqual(['outcome', younger.id]);
        again.abort();
      }
    });

    test('a follower that is told no position begins with what comes next', async () => {
      const { now } = store.clock;
      await ledger.admit({ record: aDecision(now) });
      const stop = new AbortController();
      const following = log.follow({}, { signal: stop.signal })[Symbol.asyncIterator]();
      const first = following.next();
      const next = aDecision(now);
      await ledger.admit({ record: next });
      expect((await first).value).toMatchObject({ decision: { id: next.id } });
      stop.abort();
      expect(await following.next()).toMatchObject({ done: true });
    });

    test('counters read as they stand: by prefix, without windows that have ended or not begun', async () => {
      const { now } = store.clock;
      const later = now + 60_000;
      const takes = [aTake(now, { key: 'a%', amount: 2 }), aTake(now, { key: 'b' })];
      await ledger.admit({ record: aDecision(now), takes });
      store.clock.now = later;
      await ledger.admit({ record: aDecision(later), takes: [aTake(later, { key: 'a%', amount: 3 })] });
      expect(await log.counters({ at: now })).toEqual([
        { key: 'a%', taken: 2, attempts: 2, resetsAt: later },
        { key: 'b', taken: 1, attempts: 1, resetsAt: later },
      ]);
      expect(await log.counters({ at: later })).toEqual([
        { key: 'a%', taken: 3, attempts: 3, resetsAt: later + 60_000 },
      ]);
      expect(await log.counters({ at: now, keyPrefix: 'a' })).toHaveLength(1);
      expect(await log.counters({ at: now, keyPrefix: '%' })).toEqual([]);
      expect(await log.counters({ at: now, limit: 1 })).toHaveLength(1);
    });
  });

  describe(`${name}: open and closed`, () => {
    test('counters and records survive closing and opening', async () => {
      const { now } = store.clock;
      const decision = aDecision(now);
      await admit(9);
      await ledger.admit({ record: decision, takes: [aTake(now)] });
      ledger.settle(anOutcome(decision), []);
      await ledger.close();
      ledger = await store.open();
      expect((await log.get(decision.id))?.outcome).toMatchObject({ status: 'ok' });
      expect(await ledger.admit({ record: aDecision(now), takes: [aTake(now)] })).toMatchObject({ admitted: false });
    });

    test('a closed ledger refuses, after it has written all it was given', async () => {
      const { now } = store.clock;
      const admission = ledger.admit({ record: aDecision(now) });
      ledger.noteRefusal({ at: now, source: '192.0.2.1', kind: 'no_grant' });
      await Promise.all([ledger.close(), ledger.close()]);
      expect(await admission).toMatchObject({ admitted: true });
      const labels = { lineage: 'gr_1', labels: ['untrusted'], expiresAt: now };
      await expect(ledger.admit({ record: aDecision(now) })).rejects.toMatchObject({ trouble: 'closed' });
      await expect(ledger.addLabels(labels)).rejects.toMatchObject({ trouble: 'closed' });
      await expect(ledger.flush()).rejects.toMatchObject({ trouble: 'closed' });
      expect(await log.earlyRefusals({})).toHaveLength(1);
    });

    test('a ledger at work is in good health', async () => {
      await admit(1);
      expect(ledger.health()).toMatchObject({ waiting: 0 });
      expect(ledger.health()).not.toHaveProperty('trouble');
    });
  });

  /** Admits so many calls of one unit each. */
  async function admit(calls: number): Promise<void> {
    const { now } = store.clock;
    const admissions = await Promise.all(
      Array.from({ length: calls }, () => ledger.admit({ record: aDecision(now), takes: [aTake(now)] })),
    );
    expect(admissions.every(({ admitted }) => admitted)).toBe(true);
  }
}

const tenBytes = new Uint8Array(10);

function refusalOf(admission: Admission): Extract<Admission, { admitted: false }> {
  if (admission.admitted) throw new Error('the call was admitted');
  return admission;
}

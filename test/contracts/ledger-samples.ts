import { randomBytes } from 'node:crypto';
import { decisionId } from '../../src/core/decisions/decision-id.ts';
import type { DecisionRecord, OutcomeRecord } from '../../src/core/decisions/record.ts';
import type { Take } from '../../src/core/limits/take.ts';

/** A decision to allow a call at an instant, with the parts that matter to a test. */
export function aDecision(at: number, parts: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: decisionId(at, randomBytes(10)),
    at,
    organisation: 'acme',
    grant: { id: 'gr_1', label: 'ci' },
    server: { id: 'srv_1', slug: 'shop' },
    effect: 'allow',
    rule: '/tools/search',
    method: 'tools/call',
    name: 'search',
    direction: 'client',
    ...parts,
  };
}

/** One unit of a counter that allows ten a minute. */
export function aTake(at: number, parts: Partial<Take> = {}): Take {
  const windowStart = Math.floor(at / 60_000) * 60_000;
  return {
    rule: '/tools/search/limits/0',
    counter: 'searches',
    key: 'acme/shop/searches/grant/gr_1/minute/fixed',
    algorithm: 'fixed',
    windowStart,
    windowEnd: windowStart + 60_000,
    amount: 1,
    max: 10,
    releaseOnError: false,
    ...parts,
  };
}

export function anOutcome(decision: DecisionRecord, parts: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return { id: decision.id, at: decision.at, status: 'ok', durationMs: 1, ...parts };
}

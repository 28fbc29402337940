/** The first record of a message, built from what was decided. Values of arguments are not in it. */
import { randomFillSync } from 'node:crypto';
import { decisionId } from '../../core/decisions/decision-id.ts';
import type { DecisionRecord } from '../../core/decisions/record.ts';
import { canonicalText } from '../../core/mcp/json/canonical.ts';
import type { JsonObject } from '../../core/mcp/json/value.ts';
import type { Verdict } from '../../core/policy/verdict.ts';
import type { GrantView, PolicyView, ServerView } from '../snapshot.ts';

export interface RecordParts {
  readonly now: number;
  readonly grant: GrantView;
  readonly server: ServerView | undefined;
  readonly policy?: PolicyView | null;
  readonly method: string;
  readonly name?: string | undefined;
  readonly direction?: 'client' | 'server';
  readonly revision?: string | undefined;
  readonly session?: string | undefined;
  readonly client?: string | undefined;
  readonly definition?: string | undefined;
  readonly arguments?: JsonObject | undefined;
  readonly trace?: string | undefined;
  readonly settings?: readonly string[] | undefined;
}

export type RecordedDecision = Pick<DecisionRecord, 'effect' | 'rule' | 'code' | 'reason'>;

/** Longest name and reason kept in a row: a hostile client may send a megabyte of either. */
const NAME_MAX = 256;
const REASON_MAX = 1_000;
const KEYS_MAX = 64;

/** Random bytes for ids, filled in blocks: one call of the system for many ids. */
const pool = Buffer.alloc(4096);
let poolUsed = pool.length;

export function decisionRecord(
  parts: RecordParts,
  decision: RecordedDecision,
  hashArguments: (text: string) => string,
): DecisionRecord {
  const { now, grant, server, policy, arguments: args } = parts;
  return {
    id: newDecisionId(now),
    at: now,
    organisation: grant.organisation,
    grant: { id: grant.id, label: grant.label },
    ...(server === undefined ? {} : { server: { id: server.id, slug: server.slug } }),
    effect: decision.effect,
    rule: decision.rule,
    ...(decision.code === undefined ? {} : { code: decision.code }),
    ...(decision.reason === undefined ? {} : { reason: decision.reason.slice(0, REASON_MAX) }),
    method: parts.method.slice(0, NAME_MAX),
    ...(parts.name === undefined ? {} : { name: parts.name.slice(0, NAME_MAX) }),
    direction: parts.direction ?? 'client',
    ...(parts.revision === undefined ? {} : { revision: parts.revision }),
    ...(parts.session === undefined ? {} : { session: parts.session }),
    ...(parts.client === undefined ? {} : { client: parts.client }),
    ...(policy === undefined || policy === null ? {} : { policy: { name: policy.name, version: policy.version } }),
    ...(parts.definition === undefined ? {} : { definition: parts.definition }),
    ...(args === undefined
      ? {}
      : {
          argumentKeys: Object.keys(args).sort().slice(0, KEYS_MAX),
          argumentsHash: hashArguments(canonicalText(args)),
        }),
    ...(parts.settings === undefined || parts.settings.length === 0 ? {} : { settings: parts.settings }),
    ...(parts.trace === undefined ? {} : { trace: parts.trace }),
  };
}

/** The part of a verdict that goes into the record. */
export function recordedVerdict(verdict: Verdict): RecordedDecision {
  return verdict.effect === 'allow'
    ? { effect: 'allow', rule: verdict.rule }
    : { effect: verdict.effect, rule: verdict.rule, code: verdict.code, reason: verdict.reason };
}

function newDecisionId(now: number): string {
  if (poolUsed + 10 > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  const id = decisionId(now, pool.subarray(poolUsed, poolUsed + 10));
  poolUsed += 10;
  return id;
}

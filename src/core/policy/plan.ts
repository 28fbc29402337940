import type { ArgumentNames } from './argument-names.ts';
import { type CompiledLimit, oncePerCounter } from './compiled-limit.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { NameSet } from './request.ts';
import type { AddedLabel, Allowed, ApprovalTerms, Obligations, RuleId } from './verdict.ts';

/** Everything that governs one tool or method: the rule chosen for it, and behind it the one for all tools. */
export interface Plan {
  /** What allows the call when nothing stands against it. */
  readonly rule: RuleId;
  readonly action: CompiledRule['action'];
  readonly reason?: string;
  /** In the order in which their entries are asked at each stage. */
  readonly rules: readonly CompiledRule[];
  readonly limits: readonly CompiledLimit[];
  readonly blockedBy: CompiledRule['blockedBy'];
  /** How arguments are checked against the input schema; undefined: not at all. */
  readonly validate?: 'declared' | 'strict';
  readonly names: readonly ArgumentNames[];
  /** The top-level arguments that the rules read. */
  readonly alsoDeclared: NameSet;
  readonly obligations: Obligations;
  readonly approval: ApprovalTerms;
  /** The verdict for a call that takes nothing from any limit. */
  readonly allowed: Allowed;
}

/** The plan of the rules that govern one name, most specific first; `rule` is what allows where no rule was chosen. */
export function planOf(rules: readonly CompiledRule[], rule: RuleId): Plan {
  const chosen = rules.find(({ pointer }) => pointer === rule);
  const names = rules.flatMap((each) => each.names() ?? []);
  const blockedBy = rules.flatMap((each) => each.blockedBy);
  const adds = longestOfEach(rules.flatMap((each) => each.adds));
  const isRecorded = rules.some((each) => each.record === 'values');
  const validate = rules.find((each) => each.validate !== undefined)?.validate ?? (names.length > 0 ? 'strict' : true);
  const obligations: Obligations = {
    ...(adds.length > 0 ? { adds } : {}),
    ...(blockedBy.length > 0 ? { blockedBy: [...new Set(blockedBy.map(({ label }) => label))] } : {}),
    ...(isRecorded ? { record: 'values' } : {}),
  };
  return {
    rule,
    action: chosen?.action ?? 'allow',
    rules,
    limits: oncePerCounter(rules.flatMap((each) => each.limits)),
    blockedBy,
    names,
    alsoDeclared: { has: (name) => names.some(({ known }) => known.exact.has(name)) },
    obligations,
    approval: rules.find((each) => each.approval !== undefined)?.approval ?? {},
    allowed: { effect: 'allow', rule, takes: [], ...obligations },
    ...(chosen?.reason === undefined ? {} : { reason: chosen.reason }),
    ...(validate === false ? {} : { validate: validate === 'strict' ? 'strict' : 'declared' }),
  };
}

function longestOfEach(added: readonly AddedLabel[]): readonly AddedLabel[] {
  const ttls = new Map<string, number>();
  for (const { label, ttlSeconds } of added) ttls.set(label, Math.max(ttlSeconds, ttls.get(label) ?? 0));
  return [...ttls].map(([label, ttlSeconds]) => ({ label, ttlSeconds }));
}

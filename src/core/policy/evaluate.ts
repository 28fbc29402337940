import type { Take } from '../limits/take.ts';
import { hasLookalikeKey } from './argument-names.ts';
import type { CompiledPolicy } from './compile.ts';
import { type CompiledCondition, evaluateCondition, type LookedAt } from './compiled-condition.ts';
import { takeOf } from './compiled-limit.ts';
import type { CompiledEntry } from './compiled-rule.ts';
import { govern } from './govern.ts';
import type { CannotDecide } from './operators/operator.ts';
import type { Plan } from './plan.ts';
import type { PolicyRequest } from './request.ts';
import { approvalNeeded, deniedBy, requirementNotMet, undecided, untakeable } from './sentences.ts';
import { type Held, type Refused, RULE, type RuleId, type Verdict } from './verdict.ts';

/**
 * The one engine behind `decide` and `explain`.
 *
 * The order is that of the language: hidden, unknown or held definition, not listed under default deny, `action: deny`,
 * drift, schema, `require`, `deny_if`, flow, limits, approval. The first refusal decides. Inside an entry conditions are
 * ANDed in three values: a false one makes the entry false whatever the others are, because it is false however the
 * undecided ones are read; otherwise an undecided one makes it undecided. So the order of conditions never matters.
 *
 * In shadow mode `require`, `deny_if`, `approve_if`, flow, limits and approval only say what they would have decided.
 * Conditions that cannot be decided refuse all the same, also those that a refusal would have kept from being asked.
 */
export function evaluate(policy: CompiledPolicy, request: PolicyRequest, trace?: Trace): Verdict {
  if (!Number.isFinite(request.now)) return refusedAt('hidden', noClock, trace);
  const governing = govern(policy, request);
  if (governing.stage === 'hidden') return refusedAt('hidden', governing.refusal, trace);
  trace?.passed('hidden', 'not hidden');
  const definition = definitionRefusal(request);
  if (definition !== undefined) return refusedAt('definition', definition, trace);
  trace?.passed('definition', 'listed by the server and accepted');
  if (governing.stage !== 'plan') return refusedAt(governing.stage, governing.refusal, trace);
  const { plan } = governing;
  trace?.governedBy(plan);
  if (request.definition.state === 'changed') return refusedAt('drift', recorded(driftRefusal, plan), trace);
  trace?.passed('drift', 'unchanged since it was accepted');
  const schema = schemaRefusal(plan, request);
  if (schema !== undefined) return refusedAt('schema', recorded(schema, plan), trace);
  trace?.passed('schema', schemaWords[plan.validate ?? 'unchecked']);
  return policy.mode === 'shadow' ? inShadow(plan, request, trace) : judge(plan, request, false, trace);
}

/** The stages of a decision, in their order. */
export type Stage =
  | 'hidden'
  | 'definition'
  | 'default'
  | 'action'
  | 'drift'
  | 'schema'
  | 'require'
  | 'deny_if'
  | 'flow'
  | 'limits'
  | 'approval';

/** Told of everything that was looked at on the way to a verdict, in the order in which it was. */
export interface Trace {
  readonly passed: (stage: Stage, words: string, rule?: RuleId) => void;
  readonly governedBy: (plan: Plan) => void;
  readonly condition: LookedAt;
  /** Follows the conditions of the entry. */
  readonly entry: (stage: Stage, entry: CompiledEntry, outcome: boolean | 'cannot decide') => void;
  readonly take: (take: Take) => void;
  readonly refused: (stage: Stage, refusal: Refused) => void;
}

const schemaWords = {
  declared: 'arguments match the input schema',
  strict: 'arguments match the input schema, and all are declared',
  unchecked: 'arguments are not checked',
} as const;

function definitionRefusal({ kind, definition }: PolicyRequest): Refused | undefined {
  if (definition.state === 'held') return heldRefusal;
  // A tool always has a definition; one that comes without is nobody's.
  return definition.state === 'unknown' || (kind === 'tool' && definition.state === 'none')
    ? unknownRefusal
    : undefined;
}

const noClock: Refused = {
  effect: 'error',
  rule: RULE.unavailable,
  code: 'unavailable',
  reason: 'The time of day is not known, so nothing that depends on it can be decided.',
};

const unknownRefusal: Refused = {
  effect: 'deny',
  rule: RULE.unknownTool,
  code: 'not_available',
  reason: 'The server has not listed this.',
};

const heldRefusal: Refused = {
  effect: 'deny',
  rule: RULE.drift,
  code: 'not_available',
  reason: 'The server has added this, and nobody has accepted it yet.',
};

const driftRefusal: Refused = {
  effect: 'deny',
  rule: RULE.drift,
  code: 'denied',
  reason: 'The server has changed the definition of this tool. A person has to accept the change first.',
};

function schemaRefusal(plan: Plan, { definition, arguments: args }: PolicyRequest): Refused | undefined {
  for (const names of plan.names) if (hasLookalikeKey(names, args)) return lookalikeRefusal;
  if (plan.validate === undefined || definition.state !== 'accepted') return undefined;
  const result = definition.check(args, plan.validate, plan.alsoDeclared);
  if (result.ok) return undefined;
  if (result.unsupported !== true) return { effect: 'deny', rule: RULE.schema, code: 'denied', reason: result.reason };
  return { effect: 'error', rule: RULE.schema, code: 'denied', reason: result.reason };
}

const lookalikeRefusal: Refused = {
  effect: 'error',
  rule: RULE.cannotDecide,
  code: 'denied',
  reason:
    'The policy cannot decide on this call: a key of the arguments differs only in case, width or invisible characters from one that the policy reads.',
};

function inShadow(plan: Plan, request: PolicyRequest, trace: Trace | undefined): Verdict {
  const wouldBe = judge(plan, request, true, trace);
  if (wouldBe.effect === 'error') return wouldBe;
  const { record } = plan.obligations;
  return { effect: 'allow', rule: plan.rule, takes: [], ...(record === undefined ? {} : { record }), shadow: wouldBe };
}

/**
 * The stages that look at the call itself. In shadow mode a refusal does not end them: it is given at the end, unless a
 * condition that was asked after it cannot be decided.
 */
function judge(plan: Plan, request: PolicyRequest, isShadow: boolean, trace: Trace | undefined): Verdict {
  let refusal: Refused | undefined;
  for (const rule of plan.rules) {
    for (const entry of rule.require) {
      const outcome = entryOutcome('require', entry, request, trace);
      if (outcome === true) continue;
      if (outcome !== false) return refusedAt('require', recorded(outcome, plan), trace);
      const unmet = denied(entry.pointer, entry.onDeny ?? requirementNotMet(entry));
      const found = refusedAt('require', recorded(unmet, plan), trace);
      if (!isShadow) return found;
      refusal ??= found;
    }
  }
  for (const rule of plan.rules) {
    for (const entry of rule.denyIf) {
      const outcome = entryOutcome('deny_if', entry, request, trace);
      if (outcome === false) continue;
      if (outcome !== true) return refusedAt('deny_if', recorded(outcome, plan), trace);
      const met = denied(entry.pointer, entry.onDeny ?? deniedBy(entry));
      const found = refusedAt('deny_if', recorded(met, plan), trace);
      if (!isShadow) return found;
      refusal ??= found;
    }
  }
  for (const block of plan.blockedBy) {
    const expiresAt = request.labels.get(block.label);
    if (expiresAt === undefined || expiresAt <= request.now) {
      trace?.passed('flow', `the grant does not carry "${block.label}"`, block.pointer);
      continue;
    }
    const found = refusedAt('flow', recorded(blocked(block, plan), plan), trace);
    if (!isShadow) return found;
    refusal ??= found;
  }
  const takes: Take[] = [];
  for (const limit of plan.limits) {
    const take = takeOf(limit, request);
    if (typeof take === 'object') {
      trace?.take(take);
      takes.push(take);
      continue;
    }
    const reason = untakeable(limit, take);
    if (take === 'no label') return refusedAt('limits', recorded(undecidable(reason, limit.pointer), plan), trace);
    const found = refusedAt('limits', recorded(denied(limit.pointer, reason), plan), trace);
    if (!isShadow) return found;
    refusal ??= found;
  }
  const needs = approvalNeed(plan, request, trace);
  if (needs !== undefined && 'effect' in needs) return refusedAt('approval', recorded(needs, plan), trace);
  if (refusal !== undefined) return refusal;
  if (needs !== undefined) return held(plan, takes, needs);
  return takes.length === 0 ? plan.allowed : { ...plan.allowed, takes };
}

/** True or false, or the refusal for an entry that cannot be decided. */
function entryOutcome(
  stage: Stage,
  entry: CompiledEntry,
  request: PolicyRequest,
  trace: Trace | undefined,
): boolean | Refused {
  let undecidedCondition: CompiledCondition | undefined;
  let reason: CannotDecide | undefined;
  let isTrue = true;
  for (const condition of entry.conditions) {
    const outcome = evaluateCondition(condition, request, trace?.condition);
    if (outcome === false) {
      isTrue = false;
      break;
    }
    if (outcome !== true && reason === undefined) {
      undecidedCondition = condition;
      reason = outcome;
    }
  }
  if (!isTrue || undecidedCondition === undefined || reason === undefined) {
    trace?.entry(stage, entry, isTrue);
    return isTrue;
  }
  trace?.entry(stage, entry, 'cannot decide');
  return undecidable(undecided(undecidedCondition, reason), undecidedCondition.pointer);
}

interface ApprovalNeed {
  readonly rule: RuleId;
  readonly reason: string;
}

/** What asks for a person, or the refusal for an entry that cannot be decided, or undefined. */
function approvalNeed(
  plan: Plan,
  request: PolicyRequest,
  trace: Trace | undefined,
): ApprovalNeed | Refused | undefined {
  let need: ApprovalNeed | undefined;
  if (plan.action === 'approve') {
    const rule = `${plan.rule}/action`;
    need = { rule, reason: plan.reason ?? `This call needs the approval of a person (${rule}).` };
  }
  for (const rule of plan.rules) {
    for (const entry of rule.approveIf) {
      const outcome = entryOutcome('approval', entry, request, trace);
      if (typeof outcome === 'object') return outcome;
      if (outcome) need ??= { rule: entry.pointer, reason: entry.onDeny ?? approvalNeeded(entry) };
    }
  }
  return need;
}

function held(plan: Plan, takes: readonly Take[], { rule, reason }: ApprovalNeed): Held {
  return {
    effect: 'hold',
    rule,
    code: 'approval_pending',
    reason,
    takes,
    approval: plan.approval,
    ...plan.obligations,
  };
}

function blocked({ label, pointer }: Plan['blockedBy'][number], plan: Plan): Refused {
  const reason = `Earlier calls of this grant put the label "${label}" on it, which blocks this call (${pointer}).`;
  return denied(pointer, plan.reason ?? reason);
}

function denied(rule: RuleId, reason: string): Refused {
  return { effect: 'deny', rule, code: 'denied', reason };
}

function undecidable(reason: string, at: RuleId): Refused {
  return { effect: 'error', rule: RULE.cannotDecide, code: 'denied', reason, at };
}

function recorded(refusal: Refused, plan: Plan): Refused {
  return plan.obligations.record === undefined ? refusal : { ...refusal, record: 'values' };
}

function refusedAt(stage: Stage, refusal: Refused, trace: Trace | undefined): Refused {
  trace?.refused(stage, refusal);
  return refusal;
}

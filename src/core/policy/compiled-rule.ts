import { err, ok, type Result } from '../result.ts';
import { type ArgumentNames, argumentNames } from './argument-names.ts';
import { type CompiledCondition, compileCondition } from './compiled-condition.ts';
import { type CompiledLimit, type CounterPlace, compileLimit, rateLimitAsLimit } from './compiled-limit.ts';
import type { PathSegment } from './condition-path.ts';
import type { PolicyEntry, PolicyRule } from './document.ts';
import type { OperatorContext } from './operators/operator.ts';
import { childPointer } from './pointer.ts';
import type { PolicyProblem } from './problem.ts';
import type { AddedLabel, ApprovalTerms, RuleId } from './verdict.ts';

/** A rule of the document, ready to be asked; of `all_tools` too, which has no action of its own. */
export interface CompiledRule {
  readonly pointer: RuleId;
  readonly action: 'allow' | 'deny' | 'hide' | 'approve';
  readonly reason?: string;
  readonly require: readonly CompiledEntry[];
  readonly denyIf: readonly CompiledEntry[];
  readonly approveIf: readonly CompiledEntry[];
  readonly limits: readonly CompiledLimit[];
  readonly blockedBy: readonly { readonly label: string; readonly pointer: RuleId }[];
  readonly adds: readonly AddedLabel[];
  /** As written; what it means where nothing is written depends on both rules of a tool. */
  readonly validate?: boolean | 'strict';
  /** The arguments that conditions and limits read; found out when first asked for. */
  readonly names: () => ArgumentNames | undefined;
  readonly approval?: ApprovalTerms;
  readonly record?: 'values';
}

/** Conditions that are ANDed. */
export interface CompiledEntry {
  readonly pointer: RuleId;
  readonly conditions: readonly CompiledCondition[];
  /** What the author says to the agent: for the entry, or else for its rule. */
  readonly onDeny?: string;
}

/** What a rule is compiled with. */
export interface RuleContext {
  readonly operators: OperatorContext;
  readonly counters: CounterPlace;
}

/** The rule at a pointer, compiled, or everything that is wrong with it. */
export function compileRule(
  rule: PolicyRule,
  pointer: RuleId,
  context: RuleContext,
): Result<CompiledRule, PolicyProblem[]> {
  const problems: PolicyProblem[] = [];
  const paths: (readonly PathSegment[])[] = [];
  const entries = (list: PolicyRule['require'], key: string): CompiledEntry[] =>
    (list ?? []).map((entry, index) => compileEntry(entry, childPointer(childPointer(pointer, key), index)));

  const compiled: CompiledRule = {
    pointer,
    action: rule.action ?? 'allow',
    require: entries(rule.require, 'require'),
    denyIf: entries(rule.deny_if, 'deny_if'),
    approveIf: entries(rule.approve_if, 'approve_if'),
    limits: compileLimits(),
    blockedBy: (rule.blocked_by ?? []).map((label, index) => ({ label, pointer: `${pointer}/blocked_by/${index}` })),
    adds: (rule.adds ?? []).map((label) => ({ label, ttlSeconds: rule.labels_ttl ?? defaultLabelsTtlSeconds })),
    names: once(() => argumentNames(paths)),
    ...(rule.reason === undefined ? {} : { reason: rule.reason }),
    ...(rule.validate_arguments === undefined ? {} : { validate: rule.validate_arguments }),
    ...(rule.approval === undefined ? {} : { approval: approvalTerms(rule.approval) }),
    ...(rule.record === undefined ? {} : { record: rule.record }),
  };
  return problems.length > 0 ? err(problems) : ok(compiled);

  function compileEntry(entry: PolicyEntry | PolicyEntry['conditions'][number], at: RuleId): CompiledEntry {
    const isEntry = 'conditions' in entry;
    const sources = isEntry ? entry.conditions : [entry];
    const conditions: CompiledCondition[] = [];
    for (const [index, source] of sources.entries()) {
      const conditionPointer = isEntry ? `${at}/conditions/${index}` : at;
      const result = compileCondition(source, conditionPointer, context.operators);
      if (!result.ok) problems.push({ pointer: `${conditionPointer}/value`, message: result.error });
      else {
        conditions.push(result.value);
        paths.push(...argumentPathsOf(result.value));
      }
    }
    const onDeny = (isEntry ? entry.on_deny : undefined) ?? rule.reason;
    return onDeny === undefined ? { pointer: at, conditions } : { pointer: at, conditions, onDeny };
  }

  function compileLimits(): CompiledLimit[] {
    const rate =
      rule.rate_limit === undefined
        ? []
        : [{ limit: rateLimitAsLimit(rule.rate_limit, `${pointer}/rate_limit`), at: `${pointer}/rate_limit` }];
    const listed = (rule.limits ?? []).map((limit, index) => ({ limit, at: `${pointer}/limits/${index}` }));
    return [...listed, ...rate].map(({ limit, at }) => {
      const result = compileLimit(limit, at, context.counters, rule.reason);
      if (typeof result.amount === 'object') paths.push(result.amount.from);
      return result;
    });
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const defaultLabelsTtlSeconds = 86_400;

function argumentPathsOf({ array, path }: CompiledCondition): (readonly PathSegment[])[] {
  if (path.root === 'args') return [path.segments];
  if (array === undefined) return [];
  return [path.root === 'item' && path.segments.length > 0 ? [...array.segments, 0, ...path.segments] : array.segments];
}

function approvalTerms(approval: NonNullable<PolicyRule['approval']>): ApprovalTerms {
  const { expires_in, approvers, hold_seconds, separate_approver } = approval;
  return {
    ...(expires_in === undefined ? {} : { expiresInSeconds: expires_in }),
    ...(approvers === undefined ? {} : { approvers }),
    ...(hold_seconds === undefined ? {} : { holdSeconds: hold_seconds }),
    ...(separate_approver === undefined ? {} : { separateApprover: separate_approver }),
  };
}

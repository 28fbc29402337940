import type { CompiledPolicy } from './compile.ts';
import { governedMethods, methodsRefusedUnlessNamed } from './governed-methods.ts';
import type { Plan } from './plan.ts';
import type { PolicyRequest, ToolFacts } from './request.ts';
import { type Refused, RULE, type RuleId } from './verdict.ts';

/** What governs a name before anything is known of the call: a plan, or a refusal that no argument can change. */
export type Governing =
  | { readonly stage: 'plan'; readonly plan: Plan }
  | { readonly stage: 'hidden' | 'default' | 'action'; readonly refusal: Refused };

/** What governs the tool or method of a message. */
export function govern(policy: CompiledPolicy, request: PolicyRequest): Governing {
  return request.kind === 'tool' ? governTool(policy, request.name, request.tool) : governMethod(policy, request.name);
}

/**
 * What governs a tool: the entry of its name, else the glob with most literal characters, else its class, else the
 * default. Below this confidence a class rule that allows is passed over, because the class may be wrong.
 */
export function governTool(policy: CompiledPolicy, name: string, facts: ToolFacts | undefined): Governing {
  const choice = policy.chooseTool(name);
  if (choice.hiddenBy !== undefined) return hidden(choice.hiddenBy, undefined);
  const plan = choice.plan ?? classPlan(policy, facts) ?? policy.defaultTool;
  if (plan?.action === 'hide') return hidden(`${plan.rule}/action`, plan.reason);
  if (plan === undefined) {
    return {
      stage: 'default',
      refusal: denied(
        RULE.defaultDeny,
        'The policy does not list this tool, and its default is to deny.',
        policy.hideDenied,
      ),
    };
  }
  if (plan.action === 'deny') return deniedByAction(plan, policy.hideDenied);
  return { stage: 'plan', plan };
}

/** Below it, a class rule that allows does not apply. */
export const confidenceMin = 0.8;

/** True when the class of a tool has a rule that is passed over because the class is not sure enough. */
export function isPassedOver(policy: CompiledPolicy, facts: ToolFacts | undefined): boolean {
  if (facts === undefined || policy.classes[facts.category]?.action !== 'allow') return false;
  // Written so that a confidence that is no number counts as none.
  return !(facts.confidence >= confidenceMin);
}

function classPlan(policy: CompiledPolicy, facts: ToolFacts | undefined): Plan | undefined {
  return facts === undefined || isPassedOver(policy, facts) ? undefined : policy.classes[facts.category];
}

/** What governs a method that is not a tool call. */
export function governMethod(policy: CompiledPolicy, method: string): Governing {
  const plan = policy.methods.get(method);
  if (plan?.action === 'hide') return hidden(`${plan.rule}/action`, plan.reason);
  if (plan?.action === 'deny') return deniedByAction(plan, false);
  if (plan !== undefined) return { stage: 'plan', plan };
  if (!governedMethods.some((name) => name === method)) {
    return { stage: 'default', refusal: denied(RULE.protocol, 'This method is not known.', false) };
  }
  if (methodsRefusedUnlessNamed.some((name) => name === method)) {
    return {
      stage: 'default',
      refusal: denied(RULE.defaultDeny, `The policy does not name \`${method}\` under \`methods\`.`, false),
    };
  }
  if (policy.defaultMethod !== undefined) return { stage: 'plan', plan: policy.defaultMethod };
  return {
    stage: 'default',
    refusal: denied(RULE.defaultDeny, 'The policy does not list this method, and its default is to deny.', false),
  };
}

function hidden(at: RuleId, reason: string | undefined): Governing {
  return {
    stage: 'hidden',
    refusal: {
      effect: 'hide',
      rule: RULE.hidden,
      code: 'not_available',
      reason: reason ?? `The policy hides this (${at}).`,
      at,
    },
  };
}

function deniedByAction(plan: Plan, isHidden: boolean): Governing {
  const rule = `${plan.rule}/action`;
  const refusal = denied(rule, plan.reason ?? `The policy denies this (${rule}).`, isHidden);
  return {
    stage: 'action',
    refusal: plan.obligations.record === undefined ? refusal : { ...refusal, record: 'values' },
  };
}

function denied(rule: RuleId, reason: string, isHidden: boolean): Refused {
  // What is not in the list must not be told from what does not exist.
  return isHidden
    ? { effect: 'hide', rule, code: 'not_available', reason }
    : { effect: 'deny', rule, code: 'denied', reason };
}

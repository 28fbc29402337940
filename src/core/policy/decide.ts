import type { CompiledPolicy } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { governMethod, governTool } from './govern.ts';
import type { PolicyRequest, ToolFacts } from './request.ts';
import type { Verdict } from './verdict.ts';

/**
 * The policy's word on one message. Deterministic: the same policy and request give the same verdict. Takes no longer
 * for more rules on other tools, and allocates little but the takes and a refusal.
 */
export function decide(policy: CompiledPolicy, request: PolicyRequest): Verdict {
  return evaluate(policy, request);
}

/**
 * Whether a tool belongs in the list that the client sees. What is not listed is refused by `decide` too, as if it did
 * not exist. Says nothing of definitions that are new or changed.
 */
export function isListed(policy: CompiledPolicy, toolName: string, facts: ToolFacts | undefined): boolean {
  const governing = governTool(policy, toolName, facts);
  return governing.stage === 'plan' || governing.refusal.effect !== 'hide';
}

/**
 * Whether any call of a method could go ahead, so that it may be advertised: false where the policy denies or hides it,
 * and for sampling and elicitation where the policy does not name them.
 */
export function isMethodOpen(policy: CompiledPolicy, method: string): boolean {
  return governMethod(policy, method).stage === 'plan';
}

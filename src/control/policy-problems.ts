import { parsePolicy } from '../core/policy/parse-policy.ts';

/** What is wrong with a policy document, as lines that name the policy and the place; empty when it is valid. */
export function policyProblems(
  name: string,
  document: string,
): { readonly text: string; readonly pointer: string; readonly line?: number; readonly column?: number }[] {
  const parsed = parsePolicy(document);
  if (parsed.ok) return [];
  return parsed.error.map(({ pointer, message, hint, line, column }) => ({
    text: `policy ${name}${pointer === '' ? '' : ` at ${pointer}`}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    pointer,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  }));
}

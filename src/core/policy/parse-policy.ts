import { err, ok, type Result } from '../result.ts';
import { type PolicyDocument, policyDocument } from './document.ts';
import { documentProblems } from './document-problems.ts';
import { type PolicyProblem, problemsMax } from './problem.ts';
import { type SchemaProblem, schemaProblems } from './schema-problems.ts';
import type { PolicySource } from './source/policy-source.ts';
import { type PolicyFormat, readPolicyText } from './source/read-policy-text.ts';

/**
 * The policy document that a text holds, or everything that is wrong with it, in the order of the text, each with its
 * place. Bounded: 1 MiB, 32 levels, 10,000 rules, and at most 500 problems. Without a format, a text that begins with
 * `{` is JSON and every other is YAML. A document given here compiles, but for what only the place of use can tell
 * (a parser that is not loaded).
 */
export function parsePolicy(text: string, format?: PolicyFormat): Result<PolicyDocument, PolicyProblem[]> {
  const { source, problems } = readPolicyText(text, format);
  if (source === undefined) return err([...problems]);

  const document = policyDocument.safeParse(source.value);
  const found = [
    ...(document.success ? [] : schemaProblems(policyDocument, source.value, document.error)),
    ...documentProblems(source.value),
  ];
  if (document.success && found.length === 0 && problems.length === 0) return ok(document.data);
  return err(
    [...problems, ...found.map((problem) => located(problem, source))].sort(inTextOrder).slice(0, problemsMax),
  );
}

function located({ pointer, part, message, hint }: SchemaProblem, source: PolicySource): PolicyProblem {
  const place = source.placeOf(pointer, part);
  return {
    pointer,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
  };
}

function inTextOrder(a: PolicyProblem, b: PolicyProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

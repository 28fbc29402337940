/** From a stored document to a compiled policy: loads the parsers it needs, once, and no others. */
import { type CompiledPolicy, compilePolicy, type PolicyContext } from '../core/policy/compile.ts';
import { neededParsers } from '../core/policy/needed-parsers.ts';
import type { SqlParser } from '../core/policy/operators/operator.ts';
import { parsePolicy } from '../core/policy/parse-policy.ts';
import type { PolicyProblem } from '../core/policy/problem.ts';
import { err, type Result } from '../core/result.ts';
import { loadPostgresqlParser } from './postgresql-parser.ts';

let postgresql: Promise<SqlParser> | undefined;

/** Parses and compiles a document for one server; gives every problem where it cannot be used. */
export async function compileDocument(
  text: string,
  context: Omit<PolicyContext, 'operators'>,
): Promise<Result<CompiledPolicy, readonly PolicyProblem[]>> {
  const document = parsePolicy(text);
  if (!document.ok) return err(document.error);
  if (!neededParsers(document.value).has('postgresql')) return compilePolicy(document.value, context);
  postgresql ??= loadPostgresqlParser();
  return compilePolicy(document.value, { ...context, operators: { sql: { postgresql: await postgresql } } });
}

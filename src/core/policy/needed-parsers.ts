import type { PolicyDocument, PolicyRule } from './document.ts';
import type { OperatorContext } from './operators/operator.ts';

/** A parser that has to be loaded before a document that needs it can be compiled. */
export type NeededParser = keyof NonNullable<OperatorContext['sql']>;

/** The parsers that a document needs, so that whoever compiles it loads these and no others. */
export function neededParsers(document: PolicyDocument): ReadonlySet<NeededParser> {
  const needed = new Set<NeededParser>();
  for (const rule of rulesOf(document)) {
    for (const entry of [...(rule.require ?? []), ...(rule.deny_if ?? []), ...(rule.approve_if ?? [])]) {
      for (const condition of 'conditions' in entry ? entry.conditions : [entry]) {
        if (condition.op === 'sql_read_only') needed.add(condition.dialect);
      }
    }
  }
  return needed;
}

function rulesOf({ all_tools, classes, tools, methods }: PolicyDocument): PolicyRule[] {
  const rules = [all_tools, ...[classes, tools, methods].flatMap((section) => Object.values(section ?? {}))];
  return rules.filter((rule) => rule !== undefined);
}

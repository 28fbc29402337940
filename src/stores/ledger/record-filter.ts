import { firstDecisionIdOf, LATEST_DECISION_TIME } from '../../core/decisions/decision-id.ts';
import type { DecisionFilter } from '../../core/decisions/decision-log.ts';

/** A filter as SQL over the column `record` of a decision (of the table `alias`), with its values in order. */
export interface SqlFilter {
  /** Begins with AND where it is not empty. */
  readonly sql: string;
  readonly values: readonly string[];
}

/**
 * Each member must be equal to what the filter wants. Looking into JSON costs over a microsecond, so rows whose text does
 * not hold the wanted value at all are passed over first; both texts come from JSON.stringify and are escaped alike.
 */
export function sqlFilterOf(filter: DecisionFilter, alias: string): SqlFilter {
  const record = `${alias}.record`;
  const parts: string[] = [];
  const values: string[] = [];
  for (const [name, paths] of MEMBERS) {
    const wanted = filter[name];
    if (wanted === undefined) continue;
    parts.push(`instr(${record}, ?) > 0`, `? IN (${paths.map((path) => `${record} ->> '${path}'`).join(', ')})`);
    values.push(JSON.stringify(wanted), wanted);
  }
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values };
}

/** The ids of a span of time: the least, inclusive, and the bound, exclusive (`~` is greater than any id). */
export function idRangeOf({ from, until }: Pick<DecisionFilter, 'from' | 'until'>): readonly [string, string] {
  return [from === undefined ? '' : firstIdAtOrAfter(from), until === undefined ? '~' : firstIdAtOrAfter(until)];
}

function firstIdAtOrAfter(at: number): string {
  const instant = Math.ceil(at);
  return instant > LATEST_DECISION_TIME ? '~' : firstDecisionIdOf(Math.max(0, instant));
}

const MEMBERS = [
  ['organisation', ['$.organisation']],
  ['grant', ['$.grant.id', '$.grant.label']],
  ['server', ['$.server.id', '$.server.slug']],
  ['name', ['$.name']],
  ['method', ['$.method']],
  ['effect', ['$.effect']],
  ['rule', ['$.rule']],
] as const;

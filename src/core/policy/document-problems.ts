import { findTimeZone } from '../limits/time-zone.ts';
import { canonicalText } from '../mcp/json/canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../mcp/json/value.ts';
import { findGlobTies } from './glob-ties.ts';
import { compilePattern, patternBounds } from './operators/linear-pattern.ts';
import { patternCost } from './operators/pattern-cost.ts';
import { childPointer } from './pointer.ts';
import type { SchemaProblem } from './schema-problems.ts';

/**
 * What is wrong between the parts of a document, or with a part that is too dear for a schema: patterns that do not
 * compile, globs that tie on a name, one counter that a call would raise by two different amounts, too many rules.
 * Reads whatever has the right shape and leaves the rest to the schema, so that all problems are told at once.
 */
export function documentProblems(document: unknown): SchemaProblem[] {
  if (!isJsonObject(document)) return [];
  const rules = rulesOf(document);
  return [
    ...ruleCountProblems(rules),
    ...nameProblems(ownMember(document, 'tools')),
    ...patternProblems(rules),
    ...counterProblems(rules),
  ];
}

/** Rules under `tools`, `classes` and `methods`; bounds the time it takes to compile a document. */
const rulesMax = 10_000;

interface PlacedRule {
  readonly section: 'all_tools' | 'classes' | 'tools' | 'methods';
  /** Absent for the one rule of `all_tools`. */
  readonly name?: string;
  readonly rule: JsonObject;
}

function rulesOf(document: JsonObject): PlacedRule[] {
  const rules: PlacedRule[] = [];
  const allTools = ownMember(document, 'all_tools');
  if (isJsonObject(allTools)) rules.push({ section: 'all_tools', rule: allTools });
  for (const section of ['classes', 'tools', 'methods'] as const) {
    const named = ownMember(document, section);
    if (!isJsonObject(named)) continue;
    for (const [name, rule] of Object.entries(named)) if (isJsonObject(rule)) rules.push({ section, name, rule });
  }
  return rules;
}

function pointerTo({ section, name }: PlacedRule): string {
  return name === undefined ? `/${section}` : childPointer(`/${section}`, name);
}

function ruleCountProblems(rules: readonly PlacedRule[]): SchemaProblem[] {
  const count = rules.filter(({ section }) => section !== 'all_tools').length;
  if (count <= rulesMax) return [];
  return [problem('', `A policy has at most ${rulesMax} rules; this one has ${count}.`)];
}

function nameProblems(tools: JsonValue | undefined): SchemaProblem[] {
  if (!isJsonObject(tools)) return [];
  // Schema libraries leave this key out of what they give, for fear of prototypes; the rule would be lost.
  const unusable = Object.hasOwn(tools, '__proto__')
    ? [{ pointer: '/tools/__proto__', part: 'key' as const, message: '`__proto__` cannot be the name of a rule.' }]
    : [];
  return [...unusable, ...tieProblems(Object.keys(tools))];
}

function tieProblems(names: readonly string[]): SchemaProblem[] {
  return findGlobTies(names).map(({ first, second, name }) => ({
    pointer: childPointer('/tools', second),
    part: 'key',
    message:
      name === undefined
        ? `\`${second}\` and \`${first}\` are equally specific and may match the same name; too much overlaps here to tell.`
        : `\`${second}\` and \`${first}\` are equally specific and both match \`${name}\`.`,
    hint:
      name === undefined
        ? 'make one of them more specific'
        : `add a rule for \`${name}\` and its like, or make one more specific`,
  }));
}

function patternProblems(rules: readonly PlacedRule[]): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const reasons = new Map<string, string | undefined>();
  let cost = 0;
  for (const { pointer, pattern } of patternsOf(rules)) {
    if (!reasons.has(pattern)) {
      if (pattern.length <= patternBounds.length) cost += patternCost(pattern);
      if (cost > patternBounds.documentCost) {
        problems.push(problem(pointer, 'The patterns up to here are as many and as large as one policy may have.'));
        return problems;
      }
      const compiled = compilePattern(pattern);
      reasons.set(pattern, compiled.ok ? undefined : compiled.error);
    }
    const reason = reasons.get(pattern);
    if (reason !== undefined) problems.push(problem(pointer, reason));
  }
  return problems;
}

function* patternsOf(rules: readonly PlacedRule[]): Generator<{ pointer: string; pattern: string }> {
  for (const placed of rules) {
    for (const kind of ['require', 'deny_if', 'approve_if']) {
      for (const [index, entry] of elements(ownMember(placed.rule, kind)).entries()) {
        if (!isJsonObject(entry)) continue;
        const conditions = ownMember(entry, 'conditions');
        const pointerToEntry = () => `${pointerTo(placed)}/${kind}/${index}`;
        const own = patternIn(entry);
        if (own !== undefined) yield { pointer: `${pointerToEntry()}/value`, pattern: own };
        for (const [place, condition] of elements(conditions).entries()) {
          const pattern = patternIn(condition);
          if (pattern !== undefined) yield { pointer: `${pointerToEntry()}/conditions/${place}/value`, pattern };
        }
      }
    }
  }
}

function patternIn(condition: JsonValue): string | undefined {
  if (!isJsonObject(condition)) return undefined;
  const op = ownMember(condition, 'op');
  const pattern = op === 'regex' || op === 'matches' ? ownMember(condition, 'value') : undefined;
  return typeof pattern === 'string' ? pattern : undefined;
}

function counterProblems(rules: readonly PlacedRule[]): SchemaProblem[] {
  const common = rules.filter(({ section }) => section === 'all_tools').flatMap(limitsOf);
  return rules.flatMap((placed) => {
    const own = placed.section === 'all_tools' ? [] : limitsOf(placed);
    // What is wrong among the limits of `all_tools` alone is told there, and not again for each rule.
    if (own.length === 0 && placed.section !== 'all_tools') return [];
    const limits = placed.section === 'methods' ? own : [...common, ...own];
    const seen = new Map<string, CountedLimit>();
    const problems: SchemaProblem[] = [];
    for (const limit of limits) {
      const other = seen.get(limit.counter);
      if (other === undefined) seen.set(limit.counter, limit);
      else if (other.amount !== limit.amount && (placed.section === 'all_tools' || !common.includes(limit))) {
        const message = `This limit and \`${other.pointer}\` raise the same counter by different amounts in one call.`;
        problems.push({ ...problem(limit.pointer, message), hint: 'give the counters different names' });
      }
    }
    return problems;
  });
}

interface CountedLimit {
  readonly pointer: string;
  /** What makes two limits of one call count in the same counter, and what a call adds to it. */
  readonly counter: string;
  readonly amount: string;
}

function limitsOf(placed: PlacedRule): CountedLimit[] {
  return elements(ownMember(placed.rule, 'limits')).flatMap((limit, index) => {
    if (!isJsonObject(limit)) return [];
    const part = (key: string, otherwise: JsonValue): JsonValue => ownMember(limit, key) ?? otherwise;
    const zone = part('timezone', 'UTC');
    const zoneName = typeof zone === 'string' ? (findTimeZone(zone)?.name ?? zone) : null;
    return {
      pointer: `${pointerTo(placed)}/limits/${index}`,
      counter: canonicalText([
        part('counter', null),
        part('window', null),
        part('scope', 'grant'),
        zoneName,
        part('algorithm', 'fixed'),
      ]),
      amount: canonicalText([part('increment', 1), part('increment_from', null)]),
    };
  });
}

/** The elements of an array; none of any other value. */
function elements(value: JsonValue | undefined): readonly JsonValue[] {
  // Array.isArray does not narrow a readonly array.
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function problem(pointer: string, message: string): SchemaProblem {
  return { pointer, part: 'value', message };
}

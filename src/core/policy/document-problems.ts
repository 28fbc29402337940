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
  const rules = [...rulesOf(document)];
  return [
    ...ruleCountProblems(rules),
    ...nameProblems(ownMember(document, 'tools')),
    ...patternProblems(rules),
    ...counterProblems(document, rules),
  ];
}

/** Rules under `tools`, `classes` and `methods`; bounds the time it takes to compile a document. */
const rulesMax = 10_000;

interface PlacedRule {
  readonly section: 'all_tools' | 'classes' | 'tools' | 'methods';
  readonly pointer: string;
  readonly rule: JsonObject;
}

function* rulesOf(document: JsonObject): Generator<PlacedRule> {
  const allTools = ownMember(document, 'all_tools');
  if (isJsonObject(allTools)) yield { section: 'all_tools', pointer: '/all_tools', rule: allTools };
  for (const section of ['classes', 'tools', 'methods'] as const) {
    for (const [pointer, rule] of members(ownMember(document, section), `/${section}`)) {
      if (isJsonObject(rule)) yield { section, pointer, rule };
    }
  }
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
  for (const { pointer: rulePointer, rule } of rules) {
    for (const kind of ['require', 'deny_if', 'approve_if']) {
      for (const [entryPointer, entry] of members(ownMember(rule, kind), `${rulePointer}/${kind}`)) {
        const conditions = isJsonObject(entry) ? ownMember(entry, 'conditions') : undefined;
        const listed: Iterable<readonly [string, JsonValue]> =
          conditions === undefined ? [[entryPointer, entry]] : members(conditions, `${entryPointer}/conditions`);
        for (const [pointer, condition] of listed) {
          if (!isJsonObject(condition)) continue;
          const op = ownMember(condition, 'op');
          const pattern = ownMember(condition, 'value');
          if ((op === 'regex' || op === 'matches') && typeof pattern === 'string')
            yield { pointer: `${pointer}/value`, pattern };
        }
      }
    }
  }
}

function counterProblems(document: JsonObject, rules: readonly PlacedRule[]): SchemaProblem[] {
  const allTools = ownMember(document, 'all_tools');
  const common = isJsonObject(allTools) ? [...limitsOf('/all_tools', allTools)] : [];
  return rules.flatMap(({ section, pointer, rule }) => {
    const own = section === 'all_tools' ? [] : [...limitsOf(pointer, rule)];
    const limits = section === 'methods' ? own : [...common, ...own];
    const seen = new Map<string, CountedLimit>();
    const problems: SchemaProblem[] = [];
    for (const limit of limits) {
      const other = seen.get(limit.counter);
      if (other === undefined) seen.set(limit.counter, limit);
      else if (other.amount !== limit.amount && !(section !== 'all_tools' && isCommon(limit))) {
        const message = `This limit and \`${other.pointer}\` raise the same counter by different amounts in one call.`;
        problems.push({ ...problem(limit.pointer, message), hint: 'give the counters different names' });
      }
    }
    return problems;
  });

  /** What is wrong among the limits of `all_tools` is told there, not again for each rule. */
  function isCommon(limit: CountedLimit): boolean {
    return common.includes(limit);
  }
}

interface CountedLimit {
  readonly pointer: string;
  /** What makes two limits of one call count in the same counter, and what a call adds to it. */
  readonly counter: string;
  readonly amount: string;
}

function* limitsOf(rulePointer: string, rule: JsonObject): Generator<CountedLimit> {
  for (const [pointer, limit] of members(ownMember(rule, 'limits'), `${rulePointer}/limits`)) {
    if (!isJsonObject(limit)) continue;
    const part = (key: string, otherwise: JsonValue): JsonValue => ownMember(limit, key) ?? otherwise;
    yield {
      pointer,
      counter: JSON.stringify([
        part('counter', null),
        part('window', null),
        part('scope', 'grant'),
        part('timezone', 'UTC'),
        part('algorithm', 'fixed'),
      ]),
      amount: JSON.stringify([part('increment', 1), part('increment_from', null)]),
    };
  }
}

/** The members of an object or elements of an array with their pointers; nothing for any other value. */
function* members(value: JsonValue | undefined, base: string): Generator<readonly [string, JsonValue]> {
  // Array.isArray does not narrow a readonly array.
  if (Array.isArray(value)) {
    for (const [index, element] of (value as readonly JsonValue[]).entries())
      yield [childPointer(base, index), element];
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) yield [childPointer(base, key), member];
  }
}

function problem(pointer: string, message: string): SchemaProblem {
  return { pointer, part: 'value', message };
}

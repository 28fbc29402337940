import { decide } from './decide.ts';
import type { ToolDefinition } from './definition.ts';
import { readFacts, type ToolFacts } from './facts.ts';
import { featuresOf } from './features.ts';
import { senseOfValue, verbForms } from './lexicon/verbs.ts';
import type { Model } from './model.ts';
import type { ValueSplit } from './record.ts';
import type { Parameter } from './schema-facts.ts';
import { readSignals } from './signals/read-signals.ts';
import { type Category, graver } from './taxonomy.ts';

/** How the values of an action argument differ in what they do, and the worst of them. */
export interface Split {
  readonly splits: readonly ValueSplit[];
  /** The worst category among values that were read with some certainty. */
  readonly worst: Category | undefined;
}

// Real multi-tools have up to forty actions.
const valuesMax = 40;
// Real tools have one argument that chooses, rarely two.
const argumentsMax = 4;

/**
 * Reads the arguments that choose what a tool does: an `action` with listed values, an HTTP method, `dryRun`, `permanent`.
 * Each value is judged as a tool of its own, named after the value and the tool's object.
 */
export function splitByValue(tool: ToolDefinition, facts: ToolFacts, whole: Category, model: Model): Split {
  const splits: ValueSplit[] = [];
  let worst: Category | undefined;
  for (const parameter of facts.schema.parameters) {
    if (parameter.depth > 0) continue;
    if (splits.length >= argumentsMax) break;
    const values = actionValues(parameter);
    if (values !== undefined) {
      const judged = values.map((value) => ({ value, ...judgeValue(value, tool, facts, parameter, model) }));
      splits.push({ argument: parameter.name, values: judged.map(({ value, category }) => ({ value, category })) });
      for (const { category, isSure } of judged)
        if (isSure) worst = worst === undefined ? category : graver(worst, category);
    } else if (parameter.kind === 'dry-run' && whole !== 'Read') {
      splits.push({
        argument: parameter.name,
        values: [
          { value: true, category: 'Read' },
          { value: false, category: whole },
        ],
      });
    } else if (
      parameter.kind === 'force' &&
      parameter.type === 'boolean' &&
      isRestorable(facts) &&
      /permanent|hard|purge/i.test(parameter.name)
    ) {
      splits.push({
        argument: parameter.name,
        values: [
          { value: true, category: 'Destructive' },
          { value: false, category: 'Write' },
        ],
      });
      worst = 'Destructive';
    }
  }
  return { splits, worst };
}

/** The values of an argument when they are things to do: at least two, at least half of them verbs. */
function actionValues(parameter: Parameter): readonly string[] | undefined {
  const values = parameter.values ?? quotedValues(parameter);
  if (values === undefined || values.length < 2) return undefined;
  if (isMethodList(values)) return values.slice(0, valuesMax);
  if (
    parameter.kind !== 'action' &&
    parameter.words[parameter.words.length - 1] !== 'action' &&
    parameter.words[parameter.words.length - 1] !== 'operation'
  )
    return undefined;
  const verbs = values.filter((value) => senseOfValue(value) !== undefined).length;
  return verbs * 2 >= values.length ? values.slice(0, valuesMax) : undefined;
}

/** Values that an action argument names in its description only: `'create', 'update' or 'delete'`. */
function quotedValues(parameter: Parameter): readonly string[] | undefined {
  if (parameter.kind !== 'action' || parameter.type !== 'string' || parameter.description === undefined)
    return undefined;
  const quoted = [...parameter.description.slice(0, 1_000).matchAll(/['"`]([a-z][a-zA-Z_-]{2,30})['"`]/g)].map(
    (match) => match[1] as string,
  );
  const distinct = [...new Set(quoted)];
  return distinct.filter((value) => senseOfValue(value) !== undefined).length >= 2 ? distinct : undefined;
}

function isMethodList(values: readonly string[]): boolean {
  return (
    values.includes('GET') &&
    values.every((value) => /^[A-Z]{3,7}$/.test(value)) &&
    values.some((value) => value === 'POST' || value === 'PUT' || value === 'DELETE' || value === 'PATCH')
  );
}

const methodCategories: ReadonlyMap<string, Category> = new Map([
  ['GET', 'Read'],
  ['HEAD', 'Read'],
  ['OPTIONS', 'Read'],
  ['POST', 'Execute'],
  ['PUT', 'Execute'],
  ['PATCH', 'Execute'],
  ['DELETE', 'Destructive'],
]);

function judgeValue(
  value: string,
  tool: ToolDefinition,
  facts: ToolFacts,
  parameter: Parameter,
  model: Model,
): { readonly category: Category; readonly isSure: boolean } {
  const method = methodCategories.get(value);
  // An API that takes any method is an open-ended executor: Execute as a whole, whatever single methods do.
  if (method !== undefined) return { category: method, isSure: method !== 'Destructive' };
  const object = facts.name.words
    .slice(facts.name.from)
    .map((word) => word.text)
    .filter((word) => !managing.has(word) && verbForms.get(word)?.sense !== 'manage');
  const name = value.split(/[_\-\s]|(?<=[a-z])(?=[A-Z])/).length > 1 ? value : [value, ...object].join('_');
  const part: ToolDefinition = {
    name,
    description: lineAbout(value, tool.description ?? '', parameter.description ?? ''),
    server: tool.server,
  };
  const partFacts = readFacts(part);
  const signals = readSignals(partFacts);
  const { category, probability } = decide(partFacts, signals, model.score(featuresOf(partFacts, signals)).category);
  return { category, isSure: probability >= 0.7 };
}

const managing = new Set([
  'manage',
  'manager',
  'management',
  'action',
  'actions',
  'operation',
  'operations',
  'tool',
  'write',
  'read',
  'crud',
  'control',
  'handle',
  'perform',
]);

/** What a list in the description says about one value: `- delete: removes the page`. */
function lineAbout(value: string, ...texts: readonly string[]): string {
  const escaped = value.slice(0, 60).replace(/[^\w]/g, '\\$&');
  for (const text of texts) {
    const match = new RegExp(
      String.raw`(?:^|\n|[-*•;,(])\s*["'\x60]?${escaped}["'\x60]?\s*(?::|=|—|–|- )\s*([^\n;]{3,160})`,
    ).exec(text.slice(0, 6_000));
    if (match !== null) return match[1] as string;
  }
  return '';
}

function isRestorable(facts: ToolFacts): boolean {
  return facts.description.cues.some((mention) => mention.cue === 'restorable' && !mention.negated);
}

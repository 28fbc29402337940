import { readFileSync } from 'node:fs';
import type { ToolDefinition } from '../../src/core/risk/definition.ts';
import { readFacts } from '../../src/core/risk/facts.ts';
import { featuresOf } from '../../src/core/risk/features.ts';
import { nounForms } from '../../src/core/risk/lexicon/nouns.ts';
import { verbForms } from '../../src/core/risk/lexicon/verbs.ts';
import { splitIdentifier } from '../../src/core/risk/text/identifier.ts';
import { isSdkDefault, type Row } from './data.ts';
import type { Example } from './learn.ts';

export const categories = ['Read', 'Write', 'Execute', 'Destructive', 'Financial'] as const;

/** What is known about one row: from our own labels, from the vendor's hints, or from an unmistakable name and text. */
export interface Target {
  readonly category: number;
  readonly categoryWeight: number;
  readonly hints: readonly [readOnly: number, destructive: number, idempotent: number, openWorld: number];
  readonly hintWeights: readonly [number, number, number, number];
  readonly isOwnLabel: boolean;
}

const letters: Readonly<Record<string, number>> = { R: 0, W: 1, E: 2, D: 3, F: 4 };

/** The label file: a row's hash and one letter for its category; a small letter says that it overwrites or removes. */
export function readLabels(path: string): ReadonlyMap<string, string> {
  return new Map(
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

export function targetOf(row: Row, label: string | undefined): Target | undefined {
  const vendor = row.isScored && !isSdkDefault(row.annotations) ? row.annotations : undefined;
  const stated = (value: unknown): number => (typeof value === 'boolean' ? (value ? 1 : 0) : -1);
  const hints: [number, number, number, number] = [
    stated(vendor?.readOnlyHint),
    stated(vendor?.destructiveHint),
    stated(vendor?.idempotentHint),
    stated(vendor?.openWorldHint),
  ];
  const hintWeights: [number, number, number, number] = [0.7, 0.5, 0.7, 0.7];
  if (label !== undefined) {
    const category = letters[label.toUpperCase()] as number;
    const destructive = label === 'D' || label !== label.toUpperCase() ? 1 : 0;
    // Our own reading decides the two hints it answers: vendors differ in what they call destructive.
    hints[0] = category === 0 ? 1 : 0;
    hints[1] = destructive;
    return { category, categoryWeight: 1, hints, hintWeights: [1, 1, 0.7, 0.7], isOwnLabel: true };
  }
  if (vendor?.readOnlyHint === true) return { category: 0, categoryWeight: 0.7, hints, hintWeights, isOwnLabel: false };
  if (isPlainlyReading(row.tool))
    return {
      category: 0,
      categoryWeight: 0.3,
      hints: [1, 0, hints[2], hints[3]],
      hintWeights: [0.3, 0.3, 0.7, 0.7],
      isOwnLabel: false,
    };
  if (hints.some((hint) => hint !== -1))
    return { category: -1, categoryWeight: 0, hints, hintWeights, isOwnLabel: false };
  return undefined;
}

/** The target of a lesson: category and the two hints that follow from the label. */
export function targetOfLabel(label: string): Target {
  const category = letters[label.toUpperCase()] as number;
  const destructive = label === 'D' || label !== label.toUpperCase() ? 1 : 0;
  return {
    category,
    categoryWeight: 1,
    hints: [category === 0 ? 1 : 0, destructive, -1, -1],
    hintWeights: [1, 1, 0, 0],
    isOwnLabel: true,
  };
}

const readingVerb = /^(?:get|list|search|fetch|find|read|retrieve|describe|show|lookup|view)(?:[_\-A-Z]|$)/;
const readingText =
  /^(?:this tool |tool to |used to |allows you to )?(?:get|list|search|fetch|find|read|retriev|describ|show|view|return|quer)/i;
const doubtful =
  /\b(sql|cypher|command|script|code|exec|delet|remov|overwrit|write|send|pay|creat|updat|trigger|start|set|sav|download|post)\w*\b/i;

/** Weak supervision: name and text both read, and nothing in text or schema raises a doubt. 130 of 130 sampled were right. */
function isPlainlyReading(tool: ToolDefinition): boolean {
  const description = (tool.description ?? '').trim();
  return (
    readingVerb.test(tool.name) &&
    readingText.test(description) &&
    !doubtful.test(description) &&
    !/"(sql|command|code|script|body|action|operation|mode)"/i.test(JSON.stringify(tool.inputSchema ?? null))
  );
}

/** The features of a tool as `family:value`, each once. */
export function featureNames(tool: ToolDefinition): readonly string[] {
  const names = new Set<string>();
  for (const { family, value } of featuresOf(readFacts(tool))) names.add(`${family}:${value}`);
  return [...names];
}

/** The same tool with less to go by, so that the model learns what each part is worth alone. */
export function reducedVariants(
  tool: ToolDefinition,
): readonly { readonly tool: ToolDefinition; readonly weight: number }[] {
  const variants: { tool: ToolDefinition; weight: number }[] = [];
  const description = tool.description ?? '';
  if (description !== '') variants.push({ tool: { ...tool, description: '' }, weight: 0.15 });
  const firstSentence = /^[\s\S]{10,}?[.\n](?=\s|$)/.exec(description)?.[0];
  if (firstSentence !== undefined && firstSentence.length < description.length - 10)
    variants.push({ tool: { ...tool, description: firstSentence, inputSchema: undefined }, weight: 0.4 });
  else if (tool.inputSchema !== undefined && tool.inputSchema !== null)
    variants.push({ tool: { ...tool, inputSchema: undefined }, weight: 0.4 });
  return variants;
}

export interface Vocabulary {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly names: readonly string[];
}

// Families whose values are open vocabulary need more vendors before a value counts.
const openFamilies = new Set(['nt', 'n1', 'nl', 'dm', 'dr', 'dt', 'pt', 'nvw', 'dvw']);

/** Words that stand in the names of servers and are no words of the lexicons: names of products, as far as one can tell. */
export function productWordsOf(servers: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const server of new Set(servers)) {
    for (const { text } of splitIdentifier(server)) if (!verbForms.has(text) && !nounForms.has(text)) words.add(text);
  }
  return words;
}

/** The features seen at enough different vendors to say something about the next one. */
export function chooseVocabulary(
  rows: readonly { readonly vendor: string; readonly names: readonly string[] }[],
  vendorsMin: number,
  openVendorsMin: number,
  productWords: ReadonlySet<string>,
): Vocabulary {
  const vendors = new Map<string, Set<string>>();
  for (const { vendor, names } of rows) {
    for (const name of names) {
      const known = vendors.get(name);
      if (known === undefined) vendors.set(name, new Set([vendor]));
      else known.add(vendor);
    }
  }
  const names = [...vendors]
    .filter(([name, seen]) => {
      const colon = name.indexOf(':');
      if (!openFamilies.has(name.slice(0, colon))) return seen.size >= vendorsMin;
      // A value is a word, or a verb and a word.
      const word =
        name
          .slice(colon + 1)
          .split('|')
          .at(-1) ?? '';
      return seen.size >= openVendorsMin && !productWords.has(word);
    })
    .map(([name]) => name)
    .sort();
  return { names, indexOf: new Map(names.map((name, index) => [name, index])) };
}

export function exampleOf(names: readonly string[], vocabulary: Vocabulary, target: Target, weight: number): Example {
  const features: number[] = [];
  for (const name of names) {
    const index = vocabulary.indexOf.get(name);
    if (index !== undefined) features.push(index);
  }
  return {
    features: Int32Array.from(features),
    targets: [target.category, ...target.hints],
    weights: [target.categoryWeight * weight, ...target.hintWeights.map((hint) => hint * weight)],
  };
}

import type { Row } from './data.ts';
import {
  categories,
  chooseVocabulary,
  exampleOf,
  featureNames,
  productWordsOf,
  reducedVariants,
  type Target,
  targetOf,
  targetOfLabel,
  type Vocabulary,
} from './dataset.ts';
import { type Example, type Settings, type Trained, train } from './learn.ts';
import { lessons } from './lessons.ts';

/** One row ready for training: its features, its targets and the reduced variants. */
export interface Prepared {
  readonly row: Row;
  readonly names: readonly string[];
  readonly variants: readonly { readonly names: readonly string[]; readonly weight: number }[];
  readonly target: Target | undefined;
}

export function prepare(rows: readonly Row[], labels: ReadonlyMap<string, string>): readonly Prepared[] {
  return rows.map((row) => {
    const target = targetOf(row, labels.get(row.id));
    return {
      row,
      names: featureNames(row.tool),
      variants:
        target === undefined
          ? []
          : reducedVariants(row.tool).map(({ tool, weight }) => ({ names: featureNames(tool), weight })),
      target,
    };
  });
}

export interface Fitted {
  readonly vocabulary: Vocabulary;
  readonly trained: Trained;
}

export const heads = [{ classes: categories.length }, { classes: 2 }, { classes: 2 }, { classes: 2 }, { classes: 2 }];
export const settings: Settings = { epochs: 14, alpha: 0.1, l1: 0.5, l2: 1.2 };

// What a made-up tool counts against a labelled real one.
const lessonWeight = 0.3;

let taughtOnce:
  | readonly { readonly vendor: string; readonly names: readonly string[]; readonly target: Target }[]
  | undefined;

function taught(): NonNullable<typeof taughtOnce> {
  taughtOnce ??= lessons().map(({ label, name, description, vendor }) => ({
    vendor,
    names: featureNames({ name, description }),
    target: targetOfLabel(label),
  }));
  return taughtOnce;
}

/** Trains on the given rows. Each server weighs less the more tools it has, so that no vendor speaks for all. */
export function fit(prepared: readonly Prepared[], options: Settings = settings): Fitted {
  const usable = prepared.filter((one) => one.target !== undefined);
  const vocabulary = chooseVocabulary(
    [...usable.map(({ row, names }) => ({ vendor: row.vendor, names })), ...taught()],
    2,
    4,
    productWordsOf(usable.map(({ row }) => row.server)),
  );
  const perServer = new Map<string, number>();
  for (const { row } of usable) perServer.set(row.server, (perServer.get(row.server) ?? 0) + 1);
  const examples: Example[] = [];
  for (const lesson of taught()) examples.push(exampleOf(lesson.names, vocabulary, lesson.target, lessonWeight));
  for (const { row, names, variants, target } of usable) {
    if (target === undefined) continue;
    const weight = Math.min(1, Math.sqrt(20 / (perServer.get(row.server) as number)));
    examples.push(exampleOf(names, vocabulary, target, weight));
    for (const variant of variants)
      examples.push(exampleOf(variant.names, vocabulary, target, weight * variant.weight));
  }
  return { vocabulary, trained: train(examples, vocabulary.names.length, heads, options) };
}

export interface Prediction {
  readonly category: readonly number[];
  readonly hints: readonly number[];
}

export function predict({ vocabulary, trained }: Fitted, names: readonly string[]): Prediction {
  const k = categories.length;
  const scores = Array.from(trained.biases[0] as Float64Array);
  const hintScores = [1, 2, 3, 4].map((head) => (trained.biases[head] as Float64Array)[0] as number);
  for (const name of names) {
    const index = vocabulary.indexOf.get(name);
    if (index === undefined) continue;
    for (let column = 0; column < k; column++)
      (scores[column] as number) += (trained.weights[0] as Float64Array)[index * k + column] as number;
    for (let head = 0; head < 4; head++)
      (hintScores[head] as number) += (trained.weights[head + 1] as Float64Array)[index] as number;
  }
  const max = Math.max(...scores);
  const exp = scores.map((score) => Math.exp(score - max));
  const total = exp.reduce((sum, value) => sum + value, 0);
  return { category: exp.map((value) => value / total), hints: hintScores.map((score) => 1 / (1 + Math.exp(-score))) };
}

/** Splits vendors over folds so that each fold has about as many rows; a vendor is never split. */
export function foldsOf(prepared: readonly Prepared[], count: number): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { row } of prepared) sizes.set(row.vendor, (sizes.get(row.vendor) ?? 0) + 1);
  const loads = Array.from({ length: count }, () => 0);
  const fold = new Map<string, number>();
  for (const [vendor, size] of [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] as number) + size;
    fold.set(vendor, lightest);
  }
  return fold;
}

/** One fold: the model that was trained without it, and what that model says of the fold's rows. */
export interface FoldFit {
  readonly fitted: Fitted;
  readonly predictions: readonly (readonly [Prepared, Prediction])[];
}

/** Trains one model per fold on all other folds. */
export function crossFit(
  prepared: readonly Prepared[],
  foldOf: ReadonlyMap<string, number>,
  count: number,
  options: Settings = settings,
): readonly FoldFit[] {
  return Array.from({ length: count }, (_, fold) => {
    const fitted = fit(
      prepared.filter(({ row }) => foldOf.get(row.vendor) !== fold),
      options,
    );
    const held = prepared.filter(({ row }) => foldOf.get(row.vendor) === fold);
    return { fitted, predictions: held.map((one) => [one, predict(fitted, one.names)] as const) };
  });
}

/** Predictions for every row by a model that saw nothing of the row's vendor. */
export function crossPredict(
  prepared: readonly Prepared[],
  count = 10,
  options: Settings = settings,
): ReadonlyMap<Prepared, Prediction> {
  return new Map(
    crossFit(prepared, foldsOf(prepared, count), count, options).flatMap(({ predictions }) => predictions),
  );
}

import type { Feature } from './features.ts';
import { type Category, categories } from './taxonomy.ts';
import weightsFile from './weights.json' with { type: 'json' };

/** What the model makes of a tool's features. */
export interface Scores {
  /** Probability by category; they add up to one. */
  readonly category: Readonly<Record<Category, number>>;
  readonly readOnly: number;
  readonly destructive: number;
  readonly idempotent: number;
  readonly openWorld: number;
}

/** Changes whenever weights, features or rules change what the classifier says. */
export const classifierVersion: string = weightsFile.version;

const columns = weightsFile.columns.length;
const categoryColumns = categories.length;

/** Weights by family, then value. Maps, so that a value such as `constructor` is never an inherited member. */
const tables: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>> = new Map(
  Object.entries(weightsFile.weights as Record<string, Record<string, number[]>>).map(([family, values]) => [
    family,
    new Map(Object.entries(values)),
  ]),
);

/** Adds up the weights of the features and turns the sums into probabilities. `shift` adds to a category's sum. */
export function scoreFeatures(
  features: readonly Feature[],
  shift?: Readonly<Partial<Record<Category, number>>>,
): Scores {
  const sums = weightsFile.bias.slice();
  const seen = new Set<readonly number[]>();
  for (const { family, value } of features) {
    const row = tables.get(family)?.get(value);
    if (row === undefined || seen.has(row)) continue;
    seen.add(row);
    for (let column = 0; column < columns; column++) (sums[column] as number) += row[column] as number;
  }
  const scale = weightsFile.scale;
  const logits = categories.map((category, index) => (sums[index] as number) / scale + (shift?.[category] ?? 0));
  const max = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - max));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const probability = (index: number): number => (powers[index] as number) / total;
  const logistic = (column: number): number => 1 / (1 + Math.exp(-(sums[column] as number) / scale));
  return {
    category: {
      Read: probability(0),
      Write: probability(1),
      Execute: probability(2),
      Destructive: probability(3),
      Financial: probability(4),
    },
    readOnly: logistic(categoryColumns),
    destructive: logistic(categoryColumns + 1),
    idempotent: logistic(categoryColumns + 2),
    openWorld: logistic(categoryColumns + 3),
  };
}

/** How much a feature speaks for one category rather than another, in the model's own units (log odds). */
export function weightFor(feature: Feature, category: Category, rather: Category): number {
  const row = tables.get(feature.family)?.get(feature.value);
  if (row === undefined) return 0;
  return (
    ((row[categories.indexOf(category)] as number) - (row[categories.indexOf(rather)] as number)) / weightsFile.scale
  );
}

const knots: readonly (readonly [number, number])[] = weightsFile.calibration.map(([x = 0, y = 0]) => [x, y]);

/** The share of tools that were right, on vendors never seen, when the model gave this probability. */
export function calibrated(probability: number): number {
  let [x0, y0] = knots[0] as readonly [number, number];
  if (probability <= x0) return y0;
  for (const [x1, y1] of knots) {
    if (probability <= x1) return x1 === x0 ? y1 : y0 + ((y1 - y0) * (probability - x0)) / (x1 - x0);
    [x0, y0] = [x1, y1];
  }
  return y0;
}

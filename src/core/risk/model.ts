import type { Feature } from './features.ts';
import { type Category, categories } from './taxonomy.ts';
import weightsFile from './weights.json' with { type: 'json' };

/** Weights as they are stored: hundredths by feature family and value, one column per category and hint. */
export interface ModelFile {
  readonly version: string;
  readonly scale: number;
  readonly columns: readonly string[];
  readonly bias: readonly number[];
  /** Pairs of a probability as the model states it and the share that was right; rising, joined by straight lines. */
  readonly calibration: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** What the model makes of a tool's features. */
export interface Scores {
  /** Probability by category; they add up to one. */
  readonly category: Readonly<Record<Category, number>>;
  readonly readOnly: number;
  readonly destructive: number;
  readonly idempotent: number;
  readonly openWorld: number;
}

export interface Model {
  /** Changes whenever weights, features or rules change what the classifier says. */
  readonly version: string;
  /** Adds up the weights of the features and turns the sums into probabilities. `shift` adds to a category's sum. */
  score(features: readonly Feature[], shift?: Readonly<Partial<Record<Category, number>>>): Scores;
  /** How much a feature speaks for one category rather than another, in the model's own units (log odds). */
  weightFor(feature: Feature, category: Category, rather: Category): number;
  /** The share of tools that were right, on vendors never seen, when the model gave this probability. */
  calibrated(probability: number): number;
}

const columnOf: Readonly<Record<Category, number>> = { Read: 0, Write: 1, Execute: 2, Destructive: 3, Financial: 4 };
const categoryColumns = categories.length;

/** A model ready for use. Maps inside, so that a value such as `constructor` is never an inherited member. */
export function createModel(file: ModelFile): Model {
  const tables: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>> = new Map(
    Object.entries(file.weights).map(([family, values]) => [family, new Map(Object.entries(values))]),
  );
  const columns = file.columns.length;
  const { scale } = file;
  const knots: readonly (readonly [number, number])[] = file.calibration.map(([x = 0, y = 0]) => [x, y]);

  const score: Model['score'] = (features, shift) => {
    const sums = file.bias.slice();
    const seen = new Set<readonly number[]>();
    for (const { family, value } of features) {
      const row = tables.get(family)?.get(value);
      if (row === undefined || seen.has(row)) continue;
      seen.add(row);
      for (let column = 0; column < columns; column++) (sums[column] as number) += row[column] as number;
    }
    let max = -Infinity;
    for (const category of categories) {
      const column = columnOf[category];
      sums[column] = (sums[column] as number) / scale + (shift?.[category] ?? 0);
      max = Math.max(max, sums[column]);
    }
    let total = 0;
    for (let column = 0; column < categoryColumns; column++) {
      sums[column] = Math.exp((sums[column] as number) - max);
      total += sums[column] as number;
    }
    const probability = (category: Category): number => (sums[columnOf[category]] as number) / total;
    const logistic = (column: number): number => 1 / (1 + Math.exp(-(sums[column] as number) / scale));
    return {
      category: {
        Read: probability('Read'),
        Write: probability('Write'),
        Execute: probability('Execute'),
        Destructive: probability('Destructive'),
        Financial: probability('Financial'),
      },
      readOnly: logistic(categoryColumns),
      destructive: logistic(categoryColumns + 1),
      idempotent: logistic(categoryColumns + 2),
      openWorld: logistic(categoryColumns + 3),
    };
  };

  const weightFor: Model['weightFor'] = (feature, category, rather) => {
    const row = tables.get(feature.family)?.get(feature.value);
    if (row === undefined) return 0;
    return ((row[columnOf[category]] as number) - (row[columnOf[rather]] as number)) / scale;
  };

  const calibrated: Model['calibrated'] = (probability) => {
    let [x0, y0] = knots[0] ?? [0, 0];
    if (probability <= x0) return y0;
    for (const [x1, y1] of knots) {
      if (probability <= x1) return x1 === x0 ? y1 : y0 + ((y1 - y0) * (probability - x0)) / (x1 - x0);
      [x0, y0] = [x1, y1];
    }
    return y0;
  };

  return { version: file.version, score, weightFor, calibrated };
}

/** The model this version ships. */
export const shippedModel: Model = createModel(weightsFile);

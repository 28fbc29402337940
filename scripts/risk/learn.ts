/**
 * Multinomial and binary logistic regression on sparse binary features, trained by FTRL-Proximal
 * (McMahan et al. 2013): per-coordinate rates, an L1 term that leaves most weights at zero, an L2 term.
 * Deterministic: rows are visited in an order drawn from a fixed seed.
 */
export interface Example {
  readonly features: Int32Array;
  /** One target per head: the index of the class, or -1 when unknown. */
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

export interface Settings {
  readonly epochs: number;
  readonly alpha: number;
  readonly l1: number;
  readonly l2: number;
}

export interface Head {
  readonly classes: number;
}

export interface Trained {
  /** Per head, weights by feature then class; a binary head has one column. */
  readonly weights: readonly Float64Array[];
  readonly biases: readonly Float64Array[];
}

export function train(
  examples: readonly Example[],
  featureCount: number,
  heads: readonly Head[],
  settings: Settings,
): Trained {
  const trained = heads.map((head, index) => trainHead(examples, featureCount, head.classes, index, settings));
  return { weights: trained.map((one) => one.weights), biases: trained.map((one) => one.bias) };
}

function trainHead(
  examples: readonly Example[],
  featureCount: number,
  classes: number,
  head: number,
  settings: Settings,
) {
  const columns = classes === 2 ? 1 : classes;
  const { alpha, l1, l2 } = settings;
  const beta = 1;
  const size = (featureCount + 1) * columns;
  const z = new Float64Array(size);
  const n = new Float64Array(size);
  const w = new Float64Array(size);
  const used = examples.map((_, index) => index).filter((index) => (examples[index] as Example).targets[head] !== -1);
  const random = generator(20_261_122);
  const scores = new Float64Array(columns);
  const biasBase = featureCount * columns;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    shuffle(used, random);
    for (const index of used) {
      const { features, targets, weights } = examples[index] as Example;
      const target = targets[head] as number;
      const weight = weights[head] as number;
      if (weight === 0) continue;
      for (let column = 0; column < columns; column++) scores[column] = w[biasBase + column] as number;
      for (let at = 0; at < features.length; at++) {
        const base = (features[at] as number) * columns;
        for (let column = 0; column < columns; column++) (scores[column] as number) += w[base + column] as number;
      }
      if (columns === 1) {
        const p = 1 / (1 + Math.exp(-(scores[0] as number)));
        scores[0] = (p - target) * weight;
      } else {
        let max = -Infinity;
        for (let column = 0; column < columns; column++) max = Math.max(max, scores[column] as number);
        let total = 0;
        for (let column = 0; column < columns; column++)
          total += scores[column] = Math.exp((scores[column] as number) - max);
        for (let column = 0; column < columns; column++)
          scores[column] = ((scores[column] as number) / total - (column === target ? 1 : 0)) * weight;
      }
      for (let at = -1; at < features.length; at++) {
        const base = at === -1 ? biasBase : (features[at] as number) * columns;
        for (let column = 0; column < columns; column++) {
          const i = base + column;
          const g = scores[column] as number;
          const before = n[i] as number;
          const after = before + g * g;
          const sigma = (Math.sqrt(after) - Math.sqrt(before)) / alpha;
          const zi = (z[i] as number) + g - sigma * (w[i] as number);
          z[i] = zi;
          n[i] = after;
          // The bias carries no L1 term: it is the share of the classes, not evidence.
          const penalty = at === -1 ? 0 : l1;
          w[i] =
            Math.abs(zi) <= penalty ? 0 : -(zi - Math.sign(zi) * penalty) / ((beta + Math.sqrt(after)) / alpha + l2);
        }
      }
    }
  }
  return { weights: w.slice(0, biasBase), bias: w.slice(biasBase) };
}

function shuffle(items: number[], random: () => number): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const kept = items[index] as number;
    items[index] = items[other] as number;
    items[other] = kept;
  }
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

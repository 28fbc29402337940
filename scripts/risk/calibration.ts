import type { Prediction, Prepared } from './folds.ts';

// The next vendor differs more from all of these than they differ among themselves: errors are taken to be this much
// more frequent than measured.
const caution = 1.15;

/**
 * How often the model is right when it says how sure it is, from predictions on vendors it has not seen: pairs of
 * (score, share right), rising, to be joined by straight lines. Isotonic regression (pool adjacent violators) on bins.
 * Rows labelled only because name and text plainly read count too: they are what most tools look like.
 */
export function calibrationKnots(
  heldOut: readonly (readonly [Prepared, Prediction])[],
): readonly (readonly [number, number])[] {
  const points: { score: number; right: number; weight: number }[] = [];
  for (const [{ target }, { category }] of heldOut) {
    if (target === undefined || target.category === -1) continue;
    const score = Math.max(...category);
    points.push({ score, right: category.indexOf(score) === target.category ? 1 : 0, weight: 1 });
  }
  points.sort((a, b) => a.score - b.score);
  const binSize = Math.max(1, Math.floor(points.length / 60));
  let pools: { score: number; right: number; weight: number }[] = [];
  for (let start = 0; start < points.length; start += binSize) {
    const bin = points.slice(start, start + binSize);
    const weight = bin.reduce((sum, point) => sum + point.weight, 0);
    pools.push({
      score: bin.reduce((sum, point) => sum + point.score * point.weight, 0) / weight,
      right: bin.reduce((sum, point) => sum + point.right * point.weight, 0) / weight,
      weight,
    });
  }
  for (let index = 1; index < pools.length; ) {
    const before = pools[index - 1] as (typeof pools)[number];
    const here = pools[index] as (typeof pools)[number];
    if (here.right >= before.right) {
      index++;
      continue;
    }
    const weight = before.weight + here.weight;
    const merged = {
      score: (before.score * before.weight + here.score * here.weight) / weight,
      right: (before.right * before.weight + here.right * here.weight) / weight,
      weight,
    };
    pools = [...pools.slice(0, index - 1), merged, ...pools.slice(index + 1)];
    index = Math.max(1, index - 1);
  }
  const knots = pools.map(({ score, right }): readonly [number, number] => [
    Math.round(score * 10_000) / 10_000,
    Math.round(Math.min(1 - (1 - right) * caution, 0.993) * 1_000) / 1_000,
  ]);
  const distinct = knots.filter(([score], index) => knots[index + 1]?.[0] !== score);
  return [[0.2, Math.min(0.3, distinct[0]?.[1] ?? 0.3)], ...distinct];
}

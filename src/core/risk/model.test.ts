import { expect, test } from 'vitest';
import { createModel, shippedModel } from './model.ts';
import { categories } from './taxonomy.ts';
import weightsFile from './weights.json' with { type: 'json' };

test('the shipped weights are finite numbers, one a column', () => {
  expect(weightsFile.columns).toEqual([...categories, 'readOnly', 'destructive', 'idempotent', 'openWorld']);
  for (const values of Object.values(weightsFile.weights as Record<string, Record<string, number[]>>)) {
    for (const [value, numbers] of Object.entries(values)) {
      expect([value, numbers.length, numbers.every(Number.isInteger)]).toEqual([
        value,
        weightsFile.columns.length,
        true,
      ]);
    }
  }
});

test('probabilities add up to one', () => {
  const { category } = shippedModel.score([]);
  expect(Object.values(category).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
});

test('calibration rises and never claims certainty', () => {
  let before = 0;
  for (let step = 0; step <= 100; step++) {
    const here = shippedModel.calibrated(step / 100);
    expect(here).toBeGreaterThanOrEqual(before);
    before = here;
  }
  expect(before).toBeLessThan(1);
});

test('between two knots calibration is a straight line', () => {
  const model = createModel({
    version: 'x',
    scale: 1,
    columns: [],
    bias: [],
    weights: {},
    calibration: [
      [0.2, 0.4],
      [1, 0.8],
    ],
  });
  expect(model.calibrated(0)).toBe(0.4);
  expect(model.calibrated(0.6)).toBeCloseTo(0.6);
  expect(model.calibrated(1)).toBeCloseTo(0.8);
});

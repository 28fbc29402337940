import { expect, test } from 'vitest';
import { binaryOf, calibrationOf, confusionOf } from '../../scripts/risk/metrics.ts';

test('accuracy, precision, recall and F1 of two classes', () => {
  const measured = binaryOf([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
    [false, false],
  ]);
  expect(measured).toEqual({ rows: 5, accuracy: 0.6, precision: 0.5, recall: 0.5, f1: 0.5 });
});

test('macro F1 counts classes that occur', () => {
  const measured = confusionOf(
    [
      ['a', 'a'],
      ['a', 'b'],
      ['b', 'b'],
    ],
    ['a', 'b', 'c'],
  );
  expect(measured.accuracy).toBeCloseTo(2 / 3);
  expect(measured.macroF1).toBeCloseTo((2 / 3 + 2 / 3) / 2);
});

test('calibration error is the gap between what was claimed and what was right', () => {
  const measured = calibrationOf([
    [0.95, true],
    [0.95, false],
    [0.55, true],
    [0.55, false],
  ]);
  expect(measured.expectedError).toBeCloseTo(0.5 * 0.45 + 0.5 * 0.05);
  expect(measured.accuracyAt90).toBe(0.5);
  expect(measured.coverageAt90).toBe(0.5);
});

test('nothing measured is zero, not a crash', () => {
  expect(binaryOf([]).f1).toBe(0);
  expect(calibrationOf([]).expectedError).toBe(0);
});

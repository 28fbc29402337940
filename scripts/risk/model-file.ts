import { createHash } from 'node:crypto';
import type { ModelFile } from '../../src/core/risk/model.ts';
import { categories } from './dataset.ts';
import type { Fitted } from './folds.ts';

// Weights are stored as integers of hundredths: nothing is lost that the calibration could see.
const scale = 100;
// Below two hundredths a weight changes no answer.
const weightMin = 2;

/** A trained model in the form the classifier loads. */
export function modelFileOf(
  { vocabulary, trained }: Fitted,
  calibration: readonly (readonly [number, number])[],
  version: string,
): ModelFile {
  const k = categories.length;
  const column = (head: number, index: number): number => rounded((trained.weights[head] as Float64Array)[index]);
  const weights: Record<string, Record<string, number[]>> = {};
  for (const [index, name] of vocabulary.names.entries()) {
    const numbers = [
      ...Array.from({ length: k }, (_, category) => column(0, index * k + category)),
      ...[1, 2, 3, 4].map((head) => column(head, index)),
    ];
    if (numbers.every((number) => Math.abs(number) < weightMin)) continue;
    const colon = name.indexOf(':');
    const family = name.slice(0, colon);
    weights[family] ??= {};
    weights[family][name.slice(colon + 1)] = numbers;
  }
  return {
    version,
    scale,
    columns: [...categories, 'readOnly', 'destructive', 'idempotent', 'openWorld'],
    bias: [
      ...Array.from(trained.biases[0] as Float64Array, rounded),
      ...[1, 2, 3, 4].map((head) => rounded((trained.biases[head] as Float64Array)[0])),
    ],
    calibration,
    weights,
  };
}

function rounded(value: number | undefined): number {
  return Math.round((value ?? 0) * scale);
}

/** The mark by which a server is recognised as one the model was trained on, without naming it. */
export function serverMark(server: string): string {
  return createHash('sha256').update(server).digest('hex').slice(0, 8);
}

/** JSON with one feature a line: readable in a diff, and half the size of fully indented JSON. */
export function serialiseModel(file: ModelFile, trainedOn: readonly string[]): string {
  const { weights, ...head } = file;
  const families = Object.entries(weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, values]) => {
      const lines = Object.entries(values)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, numbers]) => `${JSON.stringify(name)}:[${numbers.join(',')}]`);
      return `${JSON.stringify(family)}:{\n${lines.join(',\n')}\n}`;
    });
  const about =
    'Made by scripts/risk/train.ts; do not edit. Numbers by feature family and value, in hundredths; columns as named.';
  const start = JSON.stringify({ about, ...head, trainedOn: [...new Set(trainedOn.map(serverMark))].sort().join(' ') });
  return `${start.slice(0, -1)},\n"weights":{\n${families.join(',\n')}\n}}\n`;
}

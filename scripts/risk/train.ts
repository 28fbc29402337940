/**
 * Trains the classifier's weights and its calibration, and writes src/core/risk/weights.json.
 *
 *   node scripts/risk/train.ts [--data DIR]
 *
 * Input: the development data (definitions, vendors' hints), our own labels (labels.txt) and the lessons (lessons.ts).
 * Output: numbers by feature name. Deterministic: the same input gives the same file.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { calibrationKnots } from './calibration.ts';
import { dataFolder, trainingRows } from './corpus.ts';
import { categories, readLabels } from './dataset.ts';
import { crossPredict, fit, prepare } from './folds.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const target = here('../../src/core/risk/weights.json');
// Weights are stored as integers of hundredths: nothing is lost that the calibration could see.
const scale = 100;

const rows = trainingRows(dataFolder(process.argv));
const prepared = prepare(rows, readLabels(here('labels.txt')));
const heldOut = crossPredict(prepared, 10);
const { vocabulary, trained } = fit(prepared);

const k = categories.length;
const weights: Record<string, Record<string, number[]>> = {};
let kept = 0;
for (const [index, name] of vocabulary.names.entries()) {
  const numbers = [
    ...Array.from({ length: k }, (_, column) => rounded((trained.weights[0] as Float64Array)[index * k + column])),
    ...[1, 2, 3, 4].map((head) => rounded((trained.weights[head] as Float64Array)[index])),
  ];
  if (numbers.every((number) => Math.abs(number) < 2)) continue;
  const colon = name.indexOf(':');
  const family = name.slice(0, colon);
  weights[family] ??= {};
  weights[family][name.slice(colon + 1)] = numbers;
  kept++;
}

const model = {
  about:
    'Made by scripts/risk/train.ts; do not edit. Numbers are hundredths, by feature family and value; columns as in `columns`.',
  version: '2026.11.1',
  scale,
  columns: [...categories, 'readOnly', 'destructive', 'idempotent', 'openWorld'],
  bias: [
    ...Array.from(trained.biases[0] as Float64Array),
    ...[1, 2, 3, 4].map((head) => (trained.biases[head] as Float64Array)[0]),
  ].map(rounded),
  calibration: calibrationKnots(heldOut),
  weights,
};
writeFileSync(target, `${serialise(model)}\n`);
process.stdout.write(`${kept} of ${vocabulary.names.length} features kept, ${rows.length} rows\n`);

function rounded(value: number | undefined): number {
  return Math.round((value ?? 0) * scale);
}

/** JSON with one feature a line: readable in a diff, and half the size of fully indented JSON. */
function serialise(value: typeof model): string {
  const families = Object.entries(value.weights)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, values]) => {
      const lines = Object.entries(values)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, numbers]) => `${JSON.stringify(name)}:[${numbers.join(',')}]`);
      return `${JSON.stringify(family)}:{\n${lines.join(',\n')}\n}`;
    });
  const { weights: _, ...head } = value;
  return `${JSON.stringify(head).slice(0, -1)},\n"weights":{\n${families.join(',\n')}\n}}`;
}

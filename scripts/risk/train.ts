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
import { readLabels } from './dataset.ts';
import { crossPredict, fit, prepare } from './folds.ts';
import { modelFileOf, serialiseModel } from './model-file.ts';

const version = '2026.11.1';
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const rows = trainingRows(dataFolder(process.argv));
const prepared = prepare(rows, readLabels(here('labels.txt')));
const calibration = calibrationKnots([...crossPredict(prepared)]);
const file = modelFileOf(fit(prepared), calibration, version);
const text = serialiseModel(
  file,
  rows.map((row) => row.server),
);
writeFileSync(here('../../src/core/risk/weights.json'), text);
const features = Object.values(file.weights).reduce((sum, values) => sum + Object.keys(values).length, 0);
process.stdout.write(`${features} features from ${rows.length} rows, ${Math.round(text.length / 1024)} KiB\n`);

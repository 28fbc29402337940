/**
 * Measures the classifier against labelled data and prints the figures.
 *
 *   npm run eval [-- --data DIR] [--json] [--folds N] [--worst N]
 *
 * On data the weights were trained on, every row is judged by a model that saw nothing of its vendor ("held out"), and the
 * shipped weights are shown beside it, so that the gap is visible. On other data the shipped weights are measured as they are.
 */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { classify } from '../../src/core/risk/classify.ts';
import weightsFile from '../../src/core/risk/weights.json' with { type: 'json' };
import { dataFolder } from './corpus.ts';
import { type Row, readData } from './data.ts';
import { readLabels } from './dataset.ts';
import { type Evaluation, evaluate, recordsAsShipped, recordsHeldOut } from './evaluate.ts';
import { prepare } from './folds.ts';
import { serverMark } from './model-file.ts';
import { printEvaluation } from './print.ts';

const argv = process.argv.slice(2);
const option = (name: string, fallback: number): number => {
  const at = argv.indexOf(name);
  return at === -1 ? fallback : Number(argv[at + 1]);
};

const folder = dataFolder(process.argv);
let rows: readonly Row[];
try {
  rows = readData(folder);
} catch (error) {
  process.stderr.write(
    `eval: ${error instanceof Error ? error.message : String(error)}; name a folder with --data DIR or CALLGATE_EVAL_DATA\n`,
  );
  process.exit(3);
}

const labels = readLabels(fileURLToPath(new URL('labels.txt', import.meta.url)));
const trainedOn = new Set(weightsFile.trainedOn.split(' '));
const servers = [...new Set(rows.map((row) => row.server))];
const known = servers.filter((server) => trainedOn.has(serverMark(server))).length;
const isTrainingData = known * 2 > servers.length;

const evaluations: Evaluation[] = [];
if (isTrainingData) {
  const trained = rows.filter((row) => row.set !== 'poison');
  const poison = rows.filter((row) => row.set === 'poison');
  evaluations.push(
    evaluate(recordsHeldOut(prepare(trained, labels), poison, option('--folds', 10)), labels, 'held out'),
  );
}
evaluations.push(evaluate(recordsAsShipped(rows), labels, 'as shipped'));
if (!isTrainingData && known > 0) {
  const unseen = rows.filter((row) => !trainedOn.has(serverMark(row.server)));
  evaluations.push(evaluate(recordsAsShipped(unseen), labels, 'as shipped, unseen servers only'));
}
const speed = toolsPerSecond(rows);

if (argv.includes('--json')) {
  process.stdout.write(
    `${JSON.stringify({ data: folder, rows: rows.length, servers: servers.length, serversSeenInTraining: known, classifier: weightsFile.version, toolsPerSecond: speed, evaluations })}\n`,
  );
} else {
  process.stdout.write(
    `${rows.length} tools of ${servers.length} servers, ${known} of them seen in training; classifier ${weightsFile.version}\n`,
  );
  for (const evaluation of evaluations) printEvaluation(evaluation, option('--worst', 20));
  process.stdout.write(`\nspeed: ${speed} tools/s on one core\n`);
}

/** Whole records per second of processor time, after the code is warm. */
function toolsPerSecond(all: readonly Row[]): number {
  // Small data are repeated: what is measured is warm code, not its compilation.
  const sample = Array.from({ length: 4_000 }, (_, index) => all[index % all.length] as Row);
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    const started = performance.now();
    for (const row of sample) classify(row.tool);
    const wall = (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(before);
    // Garbage is collected on other threads as well; the wall clock counts when it is the shorter of the two.
    best = Math.max(best, sample.length / Math.min(wall, (user + system) / 1_000_000));
  }
  return Math.round(best);
}

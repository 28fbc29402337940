// Plays a file of cases against the real gateway: `npm run abuse -- <file.jsonl>…`. The last line is `N passed, N failed`.
import { parseArgs } from 'node:util';
import { readRows } from './row.ts';
import { playRow, type RowResult } from './runner.ts';
import { tableOf } from './table.ts';
import { openWorld } from './world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', short: 'o' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help || positionals.length === 0) {
  console.log(`Usage: npm run abuse -- <file.jsonl>… [--json] [--only <id,category,…>]

Plays each case on four servers that parse like Node, Python, Go and a parser that keeps the first of equal keys, with the
gateway in front of them, and a harmless call of every tool after it. --json prints one result a line.`);
  process.exit(values.help ? 0 : 2);
}

const wanted = values.only?.split(',');
const rows = positionals
  .flatMap(readRows)
  .filter((row) => wanted === undefined || wanted.some((name) => name === row.id || name === row.category));
const results: RowResult[] = [];
const world = await openWorld();
try {
  for (const row of rows) {
    const result = await playRow(world, row);
    results.push(result);
    if (values.json) console.log(JSON.stringify(result));
    else if (result.verdict !== 'passed') {
      console.log(`${result.verdict.padEnd(12)} ${result.id}  ${result.title}`);
      for (const problem of result.problems) console.log(`             ${problem}`);
    }
  }
} finally {
  await world.close();
}
if (!values.json) console.log(tableOf(results));
const passed = results.filter((result) => result.verdict === 'passed').length;
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;

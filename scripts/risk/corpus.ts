import { fileURLToPath } from 'node:url';
import { type Row, readData } from './data.ts';

/** The data folder: `--data DIR`, else CALLGATE_EVAL_DATA, else ../shared/data/dev beside the repository. */
export function dataFolder(argv: readonly string[]): string {
  const flag = argv.indexOf('--data');
  const given = flag === -1 ? process.env['CALLGATE_EVAL_DATA'] : argv[flag + 1];
  return given ?? fileURLToPath(new URL('../../../shared/data/dev', import.meta.url));
}

/** The rows to learn from: everything but poison, each tool text once. */
export function trainingRows(folder: string): readonly Row[] {
  const seen = new Set<string>();
  return readData(folder).filter((row) => {
    if (row.set === 'poison') return false;
    const key = `${row.tool.name}\n${(row.tool.description ?? '').slice(0, 300)}`;
    if (row.set === 'corpus' && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

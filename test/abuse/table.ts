import type { RowResult } from './runner.ts';

const VERDICTS = ['passed', 'failed', 'not-yet', 'not-playable'] as const;

/** How many cases of each category ended how, as lines of text. */
export function tableOf(results: readonly RowResult[]): string {
  const categories = [...new Set(results.map((result) => result.category))].sort();
  const line = (name: string, cells: readonly (string | number)[]): string =>
    [name.padEnd(10), ...cells.map((cell) => String(cell).padStart(13))].join('');
  const count = (among: readonly RowResult[], verdict: RowResult['verdict']): number =>
    among.filter((result) => result.verdict === verdict).length;
  return [
    '',
    line('category', VERDICTS),
    ...categories.map((category) => {
      const among = results.filter((result) => result.category === category);
      return line(
        category,
        VERDICTS.map((verdict) => count(among, verdict)),
      );
    }),
    line(
      'all',
      VERDICTS.map((verdict) => count(results, verdict)),
    ),
    '',
  ].join('\n');
}

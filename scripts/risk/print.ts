import type { Evaluation } from './evaluate.ts';

const percent = (value: number): string => `${(value * 100).toFixed(1)}%`;
const fixed = (value: number): string => value.toFixed(3);

/** Prints one evaluation as a table to read. */
export function printEvaluation(evaluation: Evaluation, worstMax: number): void {
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const { fiveClass, readOnly, destructive, calibration, poison } = evaluation;
  print(
    `\n== ${evaluation.mode} ${evaluation.mode === 'held out' ? '(leave-vendor-out: nothing of a row’s vendor was seen)' : ''}`,
  );
  print('\nfive classes                          rows   accuracy  macro-F1');
  for (const [name, confusion] of [
    ['labels as given', fiveClass.raw],
    ['adjudicated', fiveClass.adjudicated],
    ['all our own labels (hard ones chosen)', fiveClass.ownLabels],
  ] as const) {
    if (confusion === undefined || confusion.rows === 0) continue;
    print(
      `  ${name.padEnd(36)}${String(confusion.rows).padStart(5)}   ${percent(confusion.accuracy).padStart(7)}   ${fixed(confusion.macroF1)}`,
    );
    print(
      `    ${Object.entries(confusion.byClass)
        .map(([label, one]) => `${label} ${fixed(one.f1)} (${one.wanted})`)
        .join('  ')}`,
    );
  }
  print('\nhints (vendors’ own withheld)         rows  read-only    rows  destructive P / R / F1');
  for (const source of ['overall', ...Object.keys(readOnly.bySource)]) {
    const read = source === 'overall' ? readOnly.overall : readOnly.bySource[source];
    const loss = source === 'overall' ? destructive.overall : destructive.bySource[source];
    if (read === undefined || loss === undefined) continue;
    print(
      `  ${source.padEnd(36)}${String(read.rows).padStart(5)}    ${percent(read.accuracy).padStart(6)}   ${String(loss.rows).padStart(5)}   ${fixed(loss.precision)} / ${fixed(loss.recall)} / ${fixed(loss.f1)}`,
    );
  }
  print(
    `  idempotent ${percent(evaluation.idempotent.accuracy)} of ${evaluation.idempotent.rows}, open world ${percent(evaluation.openWorld.accuracy)} of ${evaluation.openWorld.rows}`,
  );
  print('\ncalibration                           rows      ECE   accuracy ≥ 0.9   coverage');
  for (const [name, one] of Object.entries(calibration)) {
    print(
      `  ${name.padEnd(36)}${String(one.rows).padStart(5)}    ${fixed(one.expectedError)}           ${percent(one.accuracyAt90).padStart(6)}     ${percent(one.coverageAt90)}`,
    );
  }
  print(
    `\npoison: ${poison.found} of ${poison.visible} visible found (${percent(poison.recall)}); ${poison.flagged} of ${poison.benign} presumed benign flagged (${(poison.falsePositives * 100).toFixed(3)}%)`,
  );
  print('\nby vendor (largest first)             rows  read-only  destructive F1');
  for (const one of evaluation.byVendor.slice(0, 25)) {
    print(
      `  ${one.vendor.slice(0, 35).padEnd(36)}${String(one.rows).padStart(5)}    ${percent(one.readOnly).padStart(6)}   ${fixed(one.destructiveF1)}`,
    );
  }
  print('\nworst disagreements');
  for (const one of evaluation.worst.slice(0, worstMax)) {
    print(`  ${one.confidence.toFixed(2)} ${one.said} (wanted ${one.wanted})  ${one.tool}`);
    print(`       misled by ${one.misledBy.join('; ') || 'nothing that can be quoted'}`);
  }
}

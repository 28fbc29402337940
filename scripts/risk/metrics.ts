/** Plain measures over pairs of what was wanted and what was said. */
export interface Confusion {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly byClass: Readonly<
    Record<
      string,
      { readonly precision: number; readonly recall: number; readonly f1: number; readonly wanted: number }
    >
  >;
}

export function confusionOf(
  pairs: readonly (readonly [wanted: string, said: string])[],
  classes: readonly string[],
): Confusion {
  const byClass: Record<string, { precision: number; recall: number; f1: number; wanted: number }> = {};
  let f1Sum = 0;
  let f1Count = 0;
  for (const name of classes) {
    const wanted = pairs.filter(([want]) => want === name).length;
    const said = pairs.filter(([, say]) => say === name).length;
    const both = pairs.filter(([want, say]) => want === name && say === name).length;
    const precision = ratio(both, said);
    const recall = ratio(both, wanted);
    const f1 = ratio(2 * both, wanted + said);
    byClass[name] = { precision, recall, f1, wanted };
    if (wanted > 0) {
      f1Sum += f1;
      f1Count++;
    }
  }
  return {
    rows: pairs.length,
    accuracy: ratio(pairs.filter(([want, say]) => want === say).length, pairs.length),
    macroF1: ratio(f1Sum, f1Count),
    byClass,
  };
}

export interface Binary {
  readonly rows: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function binaryOf(pairs: readonly (readonly [wanted: boolean, said: boolean])[]): Binary {
  const truePositive = pairs.filter(([want, say]) => want && say).length;
  const said = pairs.filter(([, say]) => say).length;
  const wanted = pairs.filter(([want]) => want).length;
  return {
    rows: pairs.length,
    accuracy: ratio(pairs.filter(([want, say]) => want === say).length, pairs.length),
    precision: ratio(truePositive, said),
    recall: ratio(truePositive, wanted),
    f1: ratio(2 * truePositive, said + wanted),
  };
}

export interface Calibration {
  readonly rows: number;
  /** Expected calibration error over ten bins of equal width. */
  readonly expectedError: number;
  readonly accuracyAt90: number;
  readonly coverageAt90: number;
}

export function calibrationOf(pairs: readonly (readonly [confidence: number, isRight: boolean])[]): Calibration {
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    const inBin = pairs.filter(([confidence]) => Math.min(9, Math.floor(confidence * 10)) === bin);
    if (inBin.length === 0) continue;
    const stated = inBin.reduce((sum, [confidence]) => sum + confidence, 0) / inBin.length;
    const right = ratio(inBin.filter(([, isRight]) => isRight).length, inBin.length);
    error += (inBin.length / pairs.length) * Math.abs(stated - right);
  }
  const sure = pairs.filter(([confidence]) => confidence >= 0.9);
  return {
    rows: pairs.length,
    expectedError: error,
    accuracyAt90: ratio(sure.filter(([, isRight]) => isRight).length, sure.length),
    coverageAt90: ratio(sure.length, pairs.length),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

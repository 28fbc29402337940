import { classify } from '../../src/core/risk/classify.ts';
import { createModel, type Model, shippedModel } from '../../src/core/risk/model.ts';
import type { ToolRisk } from '../../src/core/risk/record.ts';
import { categories } from '../../src/core/risk/taxonomy.ts';
import { calibrationKnots } from './calibration.ts';
import type { Row } from './data.ts';
import { crossFit, foldsOf, type Prepared } from './folds.ts';
import { type Binary, binaryOf, type Calibration, type Confusion, calibrationOf, confusionOf } from './metrics.ts';
import { modelFileOf } from './model-file.ts';

/** Everything `npm run eval` prints, as one object. */
export interface Evaluation {
  readonly rows: number;
  /** `held out`: every row by a model that saw nothing of its vendor. `as shipped`: the shipped weights. */
  readonly mode: 'held out' | 'as shipped' | 'as shipped, unseen servers only';
  readonly fiveClass: {
    readonly raw: Confusion;
    readonly adjudicated: Confusion | undefined;
    readonly ownLabels: Confusion | undefined;
  };
  readonly readOnly: { readonly overall: Binary; readonly bySource: Readonly<Record<string, Binary>> };
  readonly destructive: { readonly overall: Binary; readonly bySource: Readonly<Record<string, Binary>> };
  readonly idempotent: Binary;
  readonly openWorld: Binary;
  readonly calibration: Readonly<Record<string, Calibration>>;
  readonly byVendor: readonly {
    readonly vendor: string;
    readonly rows: number;
    readonly readOnly: number;
    readonly destructiveF1: number;
  }[];
  readonly poison: {
    readonly visible: number;
    readonly found: number;
    readonly recall: number;
    readonly benign: number;
    readonly flagged: number;
    readonly falsePositives: number;
  };
  readonly worst: readonly Disagreement[];
}

export interface Disagreement {
  readonly tool: string;
  readonly wanted: string;
  readonly said: string;
  readonly confidence: number;
  readonly misledBy: readonly string[];
}

/** Classifies every row by the shipped model. */
export function recordsAsShipped(rows: readonly Row[]): ReadonlyMap<Row, ToolRisk> {
  return new Map(rows.map((row) => [row, classify(row.tool, shippedModel)]));
}

/** Classifies every row by a model trained without the row's vendor; calibrated without it too. */
export function recordsHeldOut(
  prepared: readonly Prepared[],
  extra: readonly Row[],
  folds = 10,
): ReadonlyMap<Row, ToolRisk> {
  const foldOf = foldsOf(prepared, folds);
  const fits = crossFit(prepared, foldOf, folds);
  const models: Model[] = fits.map(({ fitted }, fold) => {
    const others = fits.flatMap(({ predictions }, index) => (index === fold ? [] : predictions));
    return createModel(modelFileOf(fitted, calibrationKnots(others), `held out ${fold}`));
  });
  const records = new Map<Row, ToolRisk>();
  for (const { row } of prepared) records.set(row, classify(row.tool, models[foldOf.get(row.vendor) ?? 0]));
  // Poison rows are never trained on.
  for (const row of extra) records.set(row, classify(row.tool, shippedModel));
  return records;
}

const ownCategories: Readonly<Record<string, string>> = {
  R: 'Read',
  W: 'Write',
  E: 'Execute',
  D: 'Destructive',
  F: 'Financial',
};

export function evaluate(
  records: ReadonlyMap<Row, ToolRisk>,
  labels: ReadonlyMap<string, string>,
  mode: Evaluation['mode'],
): Evaluation {
  const all = [...records];
  const labelled = all.filter(
    ([row]) => row.category !== undefined && (categories as readonly string[]).includes(row.category),
  );
  const adjudicated = all.filter(
    ([row]) => row.adjudicated !== undefined && (categories as readonly string[]).includes(row.adjudicated),
  );
  const own = all.flatMap(([row, record]) => {
    const label = ownCategories[(labels.get(row.id) ?? '').toUpperCase()];
    return label === undefined ? [] : [{ row, record, label }];
  });
  const hinted = all.filter(
    ([row]) => row.annotations !== undefined && row.isScored && (row.set === 'annotated' || row.set === 'npm'),
  );
  const hintPairs = (
    hint: 'readOnly' | 'destructive' | 'idempotent' | 'openWorld',
    rows = hinted,
  ): (readonly [boolean, boolean])[] =>
    rows.flatMap(([row, record]) => {
      const stated = row.annotations?.[`${hint}Hint`];
      return typeof stated === 'boolean' ? [[stated, record.hints[hint]] as const] : [];
    });
  const groups = new Map<string, [Row, ToolRisk][]>();
  for (const pair of hinted) {
    for (const group of pair[0].set === 'npm' ? ['npm servers'] : ['annotated rows', `  ${pair[0].source}`]) {
      groups.set(group, [...(groups.get(group) ?? []), pair]);
    }
  }
  const bySource = (hint: 'readOnly' | 'destructive'): Record<string, Binary> =>
    Object.fromEntries(
      [...groups]
        .sort(([a], [b]) => (a < b ? 1 : -1))
        .map(([group, pairs]) => [group, binaryOf(hintPairs(hint, pairs))]),
    );
  const right = (pairs: readonly (readonly [ToolRisk, string])[]): Calibration =>
    calibrationOf(pairs.map(([record, wanted]) => [record.confidence, record.category === wanted]));
  const calibration: Record<string, Calibration> = {};
  if (labelled.length > 0)
    calibration['labels as given'] = right(labelled.map(([row, record]) => [record, row.category as string]));
  if (adjudicated.length > 0)
    calibration['adjudicated'] = right(adjudicated.map(([row, record]) => [record, row.adjudicated as string]));
  const ownLabelled = own.filter(({ row }) => row.set === 'labelled');
  if (ownLabelled.length > 0)
    calibration['labelled rows, our adjudication'] = right(ownLabelled.map(({ record, label }) => [record, label]));
  if (hinted.length > 0) {
    const pairs = hinted.flatMap(([row, record]) =>
      typeof row.annotations?.readOnlyHint === 'boolean'
        ? [[record.confidence, (record.category === 'Read') === row.annotations.readOnlyHint] as const]
        : [],
    );
    calibration['read-only, vendors’ hints'] = calibrationOf(pairs);
  }
  if (own.length > 0)
    calibration['all our labels (hard ones chosen)'] = right(own.map(({ record, label }) => [record, label]));

  const vendors = new Map<string, [Row, ToolRisk][]>();
  for (const pair of hinted) {
    const key = pair[0].server;
    vendors.set(key, [...(vendors.get(key) ?? []), pair]);
  }
  const visible = all.filter(([row]) => row.poison?.label === 'malicious' && row.poison.isVisible === 'yes');
  const benign = all.filter(([row]) => row.set === 'corpus');
  const found = visible.filter(([, record]) => isFlagged(record)).length;
  const flagged = benign.filter(([, record]) => isFlagged(record)).length;

  return {
    rows: records.size,
    mode,
    fiveClass: {
      raw: confusionOf(
        labelled.map(([row, record]) => [row.category as string, record.category]),
        categories,
      ),
      adjudicated:
        adjudicated.length === 0
          ? undefined
          : confusionOf(
              adjudicated.map(([row, record]) => [row.adjudicated as string, record.category]),
              categories,
            ),
      ownLabels:
        own.length === 0
          ? undefined
          : confusionOf(
              own.map(({ record, label }) => [label, record.category]),
              categories,
            ),
    },
    readOnly: { overall: binaryOf(hintPairs('readOnly')), bySource: bySource('readOnly') },
    destructive: { overall: binaryOf(hintPairs('destructive')), bySource: bySource('destructive') },
    idempotent: binaryOf(hintPairs('idempotent')),
    openWorld: binaryOf(hintPairs('openWorld')),
    calibration,
    byVendor: [...vendors]
      .map(([vendor, rows]) => ({
        vendor,
        rows: rows.length,
        readOnly: binaryOf(hintPairs('readOnly', rows)).accuracy,
        destructiveF1: binaryOf(hintPairs('destructive', rows)).f1,
      }))
      .sort((a, b) => b.rows - a.rows),
    poison: {
      visible: visible.length,
      found,
      recall: visible.length === 0 ? 0 : found / visible.length,
      benign: benign.length,
      flagged,
      falsePositives: benign.length === 0 ? 0 : flagged / benign.length,
    },
    worst: worstOf(labelled, own, hinted),
  };
}

/** A definition counts as poisoned when a finding says more than that hints and text differ or that it was too long. */
function isFlagged(record: ToolRisk): boolean {
  return record.findings.some(
    (finding) => finding.kind !== 'annotation-contradiction' && finding.kind !== 'unread' && finding.severity !== 'Low',
  );
}

function worstOf(
  labelled: readonly (readonly [Row, ToolRisk])[],
  own: readonly { readonly row: Row; readonly record: ToolRisk; readonly label: string }[],
  hinted: readonly (readonly [Row, ToolRisk])[],
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  const note = (row: Row, record: ToolRisk, wanted: string, said: string): void => {
    found.push({
      tool: `${row.server}/${row.tool.name}`,
      wanted,
      said,
      confidence: record.confidence,
      misledBy: record.evidence.slice(0, 3).map((item) => `${item.at} “${item.quote.slice(0, 60)}”`),
    });
  };
  for (const [row, record] of labelled) {
    const wanted = row.adjudicated ?? row.category;
    if (wanted !== undefined && wanted !== record.category) note(row, record, wanted, record.category);
  }
  for (const { row, record, label } of own)
    if (row.set !== 'labelled' && label !== record.category) note(row, record, label, record.category);
  for (const [row, record] of hinted) {
    const stated = row.annotations?.readOnlyHint;
    if (typeof stated === 'boolean' && stated !== record.hints.readOnly)
      note(row, record, `readOnlyHint ${stated}`, record.category);
  }
  return found.sort((a, b) => b.confidence - a.confidence);
}

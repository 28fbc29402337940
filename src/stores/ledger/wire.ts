import type { LabelCheck, SingleUse } from '../../core/decisions/ledger.ts';
import type { Take } from '../../core/limits/take.ts';
import type { Operation } from './operations.ts';

/**
 * Operations on their way to the writer thread. The two that every call sends travel as tuples: cloning an object
 * copies the names of its properties too, which makes the pair of them 4.0 µs a call against 2.1 µs.
 */
export type WireOperation = AdmitTuple | SettleTuple | Exclude<Operation, { kind: 'admit' | 'settle' }>;

export function toWire(operation: Operation): WireOperation {
  switch (operation.kind) {
    case 'admit': {
      const { id, at, text, takes, blockedBy, consume } = operation;
      return ['admit', id, at, text, takes.map(toTuple), blockedBy ?? null, consume ?? null];
    }
    case 'settle':
      return ['settle', operation.id, operation.text, operation.release.map(toTuple)];
    default:
      return operation;
  }
}

export function fromWire(wire: WireOperation): Operation {
  if (!isTuple(wire)) return wire;
  if (wire[0] === 'settle') {
    const [kind, id, text, release] = wire;
    return { kind, id, text, release: release.map(fromTuple) };
  }
  const [kind, id, at, text, takes, blockedBy, consume] = wire;
  return {
    kind,
    id,
    at,
    text,
    takes: takes.map(fromTuple),
    blockedBy: blockedBy ?? undefined,
    consume: consume ?? undefined,
  };
}

type AdmitTuple = readonly [
  kind: 'admit',
  id: string,
  at: number,
  text: string,
  takes: readonly TakeTuple[],
  blockedBy: LabelCheck | null,
  consume: SingleUse | null,
];

type SettleTuple = readonly [kind: 'settle', id: string, text: string, release: readonly TakeTuple[]];

type TakeTuple = readonly [
  rule: Take['rule'],
  counter: Take['counter'],
  key: Take['key'],
  isSliding: boolean,
  windowStart: Take['windowStart'],
  windowEnd: Take['windowEnd'],
  amount: Take['amount'],
  max: Take['max'],
  releaseOnError: Take['releaseOnError'],
  onDeny: string | null,
];

function isTuple(wire: WireOperation): wire is AdmitTuple | SettleTuple {
  return Array.isArray(wire);
}

function toTuple(take: Take): TakeTuple {
  const { rule, counter, key, algorithm, windowStart, windowEnd, amount, max, releaseOnError, onDeny } = take;
  const isSliding = algorithm === 'sliding';
  return [rule, counter, key, isSliding, windowStart, windowEnd, amount, max, releaseOnError, onDeny ?? null];
}

function fromTuple(tuple: TakeTuple): Take {
  const [rule, counter, key, isSliding, windowStart, windowEnd, amount, max, releaseOnError, onDeny] = tuple;
  const algorithm = isSliding ? 'sliding' : 'fixed';
  const take = { rule, counter, key, algorithm, windowStart, windowEnd, amount, max, releaseOnError } as const;
  return onDeny === null ? take : { ...take, onDeny };
}

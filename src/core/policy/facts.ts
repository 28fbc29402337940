import type { TimeZone } from '../limits/time-zone.ts';
import { type Fact, weekdays } from './condition-path.ts';
import type { PolicyRequest } from './request.ts';

/** The value of a fact for one message; undefined where the message does not have it. */
export function factOf(fact: Fact, request: PolicyRequest, timeZone: TimeZone): string | number | undefined {
  return readers[fact](request, timeZone);
}

const readers: Readonly<Record<Fact, (request: PolicyRequest, timeZone: TimeZone) => string | number | undefined>> = {
  'tool.name': ({ kind, name }) => (kind === 'tool' ? name : undefined),
  'tool.category': ({ tool }) => tool?.category,
  'tool.severity': ({ tool }) => tool?.severity,
  'grant.label': ({ grant }) => grant.label,
  'client.name': ({ clientName }) => clientName,
  'time.hour': ({ now }, { offsetAt }) => modulo(Math.floor((now + offsetAt(now)) / HOUR), 24),
  'time.weekday': ({ now }, { offsetAt }) =>
    weekdays[modulo(Math.floor((now + offsetAt(now)) / DAY) + EPOCH_WEEKDAY, 7)],
};

/** The value of a label of the grant; undefined where it has none. */
export function labelOf(key: string, request: PolicyRequest): string | undefined {
  return Object.hasOwn(request.grant.labels, key) ? request.grant.labels[key] : undefined;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 1 January 1970 was a Thursday; weeks begin with Monday. */
const EPOCH_WEEKDAY = 3;

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

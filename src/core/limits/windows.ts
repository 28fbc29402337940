import { findTimeZone, type TimeZone } from './time-zone.ts';

/** The spans of time in which a limit counts. */
export type WindowSpec =
  | { readonly unit: 'seconds'; readonly seconds: number }
  | { readonly unit: CalendarUnit; readonly timeZone: TimeZone };

export const calendarUnits = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** Start inclusive, end exclusive, milliseconds since the epoch. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

export const utc: TimeZone = findTimeZone('UTC') ?? { name: 'UTC', offsetAt: () => 0 };

/**
 * The window that holds an instant. Windows of one spec follow each other without gap or overlap.
 *
 * N seconds are counted from the epoch. Days, weeks (from Monday) and months begin with the first instant at which the
 * clock on the wall of the zone shows that date, so a day has 23 or 25 hours when clocks change. Minutes and hours are
 * elapsed ones, aligned to the wall clock, and never longer than their name: the hour that a clock shows twice is two
 * windows, and a change in the middle of one cuts it short.
 */
export function windowAt(spec: WindowSpec, now: number): Window {
  if (spec.unit === 'seconds') return aligned(now, spec.seconds * SECOND, 0);
  const { offsetAt } = spec.timeZone;
  if (spec.unit === 'minute' || spec.unit === 'hour')
    return elapsedWindow(now, spec.unit === 'hour' ? HOUR : MINUTE, offsetAt);
  if (spec.timeZone === utc && spec.unit !== 'month') return utcWindow(now, spec.unit);
  return dateWindow(now, spec.unit, offsetAt);
}

/** `windowAt` for one spec, remembering its last answer: windows change seldom, calls come often. */
export function windowClock(spec: WindowSpec): (now: number) => Window {
  let current: Window = { start: 0, end: 0 };
  return (now) => {
    if (now < current.start || now >= current.end) current = windowAt(spec, now);
    return current;
  };
}

/** A name for the kind of window that is part of a counter's key: equal names are equal windows. */
export function windowName(spec: WindowSpec): string {
  if (spec.unit === 'seconds') return `${spec.seconds}s`;
  return spec.timeZone === utc ? spec.unit : `${spec.unit}@${spec.timeZone.name}`;
}

/** True where every window of the spec has the same length, as a sliding limit needs. */
export function hasFixedLength(spec: WindowSpec): boolean {
  return spec.unit === 'seconds' || (spec.timeZone === utc && spec.unit !== 'month');
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 5 January 1970 was a Monday. */
const MONDAY = 4 * DAY;

type OffsetAt = TimeZone['offsetAt'];

function aligned(now: number, length: number, phase: number): Window {
  const start = Math.floor((now - phase) / length) * length + phase;
  return { start, end: start + length };
}

function utcWindow(now: number, unit: 'day' | 'week'): Window {
  return unit === 'day' ? aligned(now, DAY, 0) : aligned(now, 7 * DAY, MONDAY);
}

function elapsedWindow(now: number, length: number, offsetAt: OffsetAt): Window {
  const offset = offsetAt(now);
  const { start, end } = aligned(now, length, -offset);
  return {
    start: offsetAt(start) === offset ? start : transitionIn(start, now, offsetAt),
    end: offsetAt(end - 1) === offset ? end : transitionIn(now, end - 1, offsetAt),
  };
}

function dateWindow(now: number, unit: 'day' | 'week' | 'month', offsetAt: OffsetAt): Window {
  let date = firstDate(now + offsetAt(now), unit);
  let start = firstInstantOf(date, offsetAt);
  // A clock put back over midnight shows a date again that has ended already.
  for (let next = nextDate(date, unit); now >= firstInstantOf(next, offsetAt); next = nextDate(date, unit)) {
    date = next;
    start = firstInstantOf(date, offsetAt);
  }
  return { start, end: firstInstantOf(nextDate(date, unit), offsetAt) };
}

/** The midnight (as if UTC) with which the day, week or month of a wall clock time begins. */
function firstDate(local: number, unit: 'day' | 'week' | 'month'): number {
  if (unit !== 'month') return utcWindow(local, unit).start;
  const date = new Date(local);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nextDate(date: number, unit: 'day' | 'week' | 'month'): number {
  if (unit === 'day') return date + DAY;
  if (unit === 'week') return date + 7 * DAY;
  const first = new Date(date);
  return Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1);
}

/** The first instant at which the wall clock shows this midnight, or, where it jumps over it, the jump. */
function firstInstantOf(midnight: number, offsetAt: OffsetAt): number {
  // Zones change their offset at most once within two days of any midnight.
  const before = offsetAt(midnight - DAY);
  const after = offsetAt(midnight + DAY);
  if (before === after) return midnight - before;
  const candidates = [midnight - before, midnight - after].sort((a, b) => a - b);
  const shown = candidates.find((instant) => instant + offsetAt(instant) === midnight);
  return shown ?? transitionIn(midnight - DAY, midnight + DAY, offsetAt);
}

/** The instant in (from, to] at which the offset changes; offsets at the ends differ. Changes fall on whole seconds. */
function transitionIn(from: number, to: number, offsetAt: OffsetAt): number {
  const offset = offsetAt(from);
  let low = Math.floor(from / SECOND);
  let high = Math.ceil(to / SECOND);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * SECOND) === offset) low = middle;
    else high = middle;
  }
  return high * SECOND;
}

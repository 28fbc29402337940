import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findTimeZone } from './time-zone.ts';
import { calendarUnits, hasFixedLength, utc, type WindowSpec, windowAt, windowClock, windowName } from './windows.ts';

const zone = (name: string) => {
  const found = findTimeZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
};
const spec = (unit: WindowSpec['unit'], name = 'UTC'): WindowSpec =>
  unit === 'seconds' ? { unit, seconds: 90 } : { unit, timeZone: zone(name) };
const shown = (window: { start: number; end: number }) =>
  [window.start, window.end].map((at) => new Date(at).toISOString().replace('.000Z', 'Z'));
const at = (iso: string) => Date.parse(iso);

describe('windows in UTC', () => {
  test.each([
    ['minute', '2027-03-01T12:34:56.789Z', '2027-03-01T12:34:00Z', '2027-03-01T12:35:00Z'],
    ['hour', '2027-03-01T12:34:56Z', '2027-03-01T12:00:00Z', '2027-03-01T13:00:00Z'],
    ['day', '2027-03-01T00:00:00Z', '2027-03-01T00:00:00Z', '2027-03-02T00:00:00Z'],
    ['day', '2027-02-28T23:59:59.999Z', '2027-02-28T00:00:00Z', '2027-03-01T00:00:00Z'],
    ['week', '2027-03-07T23:59:59Z', '2027-03-01T00:00:00Z', '2027-03-08T00:00:00Z'],
    ['week', '2027-03-08T00:00:00Z', '2027-03-08T00:00:00Z', '2027-03-15T00:00:00Z'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['month', '2027-12-31T23:59:59Z', '2027-12-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    ['seconds', '1970-01-01T00:02:59Z', '1970-01-01T00:01:30Z', '1970-01-01T00:03:00Z'],
  ] as const)('a %s that holds %s', (unit, now, start, end) => {
    expect(shown(windowAt(spec(unit), at(now)))).toEqual([start, end]);
  });
});

describe('windows in a time zone', () => {
  test.each([
    [
      'a day of 23 hours',
      'Europe/Berlin',
      'day',
      '2027-03-28T10:00:00Z',
      '2027-03-27T23:00:00Z',
      '2027-03-28T22:00:00Z',
    ],
    [
      'a day of 25 hours',
      'Europe/Berlin',
      'day',
      '2027-10-31T10:00:00Z',
      '2027-10-30T22:00:00Z',
      '2027-10-31T23:00:00Z',
    ],
    [
      'a month across the change',
      'America/New_York',
      'month',
      '2027-03-20T00:00:00Z',
      '2027-03-01T05:00:00Z',
      '2027-04-01T04:00:00Z',
    ],
    [
      'a week from Monday',
      'Asia/Kolkata',
      'week',
      '2027-03-07T18:29:59Z',
      '2027-02-28T18:30:00Z',
      '2027-03-07T18:30:00Z',
    ],
    [
      'an hour of a zone with a half hour',
      'Asia/Kolkata',
      'hour',
      '2027-03-01T12:34:00Z',
      '2027-03-01T12:30:00Z',
      '2027-03-01T13:30:00Z',
    ],
    [
      'the first of the two hours at 2 am',
      'Europe/Berlin',
      'hour',
      '2027-10-31T00:30:00Z',
      '2027-10-31T00:00:00Z',
      '2027-10-31T01:00:00Z',
    ],
    [
      'the second of the two hours at 2 am',
      'Europe/Berlin',
      'hour',
      '2027-10-31T01:30:00Z',
      '2027-10-31T01:00:00Z',
      '2027-10-31T02:00:00Z',
    ],
    [
      'an hour cut short by a change of half an hour',
      'Australia/Lord_Howe',
      'hour',
      '2027-04-03T15:10:00Z',
      '2027-04-03T15:00:00Z',
      '2027-04-03T15:30:00Z',
    ],
    [
      'a day without midnight',
      'America/Sao_Paulo',
      'day',
      '2018-11-04T12:00:00Z',
      '2018-11-04T03:00:00Z',
      '2018-11-05T02:00:00Z',
    ],
    [
      'a midnight that comes twice',
      'America/Havana',
      'day',
      '2027-11-07T12:00:00Z',
      '2027-11-07T04:00:00Z',
      '2027-11-08T05:00:00Z',
    ],
    [
      'a date shown again after it has ended',
      'America/St_Johns',
      'day',
      '2010-11-07T02:45:00Z',
      '2010-11-07T02:30:00Z',
      '2010-11-08T03:30:00Z',
    ],
    [
      'the day after one that never was',
      'Pacific/Apia',
      'day',
      '2011-12-30T12:00:00Z',
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
    ],
  ] as const)('%s', (_name, zoneName, unit, now, start, end) => {
    expect(shown(windowAt(spec(unit, zoneName), at(now)))).toEqual([start, end]);
  });

  test('a name that is no zone of the IANA database is none here', () => {
    for (const name of ['', 'Mars/Olympus', '+02:00', 'CET ', 'Europe/Berlin\n', 'x'.repeat(100)]) {
      expect(findTimeZone(name)).toBeUndefined();
    }
  });

  test('one zone has one name, however it was spelled', () => {
    expect(windowName({ unit: 'day', timeZone: zone('europe/berlin') })).toBe('day@Europe/Berlin');
    expect(windowName({ unit: 'day', timeZone: utc })).toBe('day');
    expect(windowName({ unit: 'seconds', seconds: 60 })).toBe('60s');
  });
});

const zoneNames = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'Asia/Gaza',
];
const anySpec = fc.oneof(
  fc.record({ unit: fc.constantFrom(...calendarUnits), timeZone: fc.constantFrom(...zoneNames).map(zone) }),
  fc.record({ unit: fc.constant('seconds' as const), seconds: fc.integer({ min: 1, max: 31_622_400 }) }),
);
const year2000 = at('2000-01-01T00:00:00Z');
const anyInstant = fc.integer({ min: year2000, max: at('2040-01-01T00:00:00Z') });
/** Instants around changes of the clock, where windows go wrong. */
const instantNearChange = fc
  .tuple(
    fc.constantFrom(...zoneNames.slice(1)).map(zone),
    fc.integer({ min: 0, max: 39 }),
    fc.integer({ min: -7_200_000, max: 7_200_000 }),
    fc.boolean(),
  )
  .map(([timeZone, year, distance, isFirst]) => {
    const offsets: number[] = [];
    for (let day = 0; day < 366; day += 1) {
      const noon = Date.UTC(2000 + year, 0, 1 + day, 12);
      if (timeZone.offsetAt(noon) !== timeZone.offsetAt(noon + 86_400_000)) offsets.push(noon);
    }
    const noon = (isFirst ? offsets[0] : offsets.at(-1)) ?? Date.UTC(2000 + year, 5, 1);
    let [low, high] = [noon, noon + 86_400_000];
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (timeZone.offsetAt(middle) === timeZone.offsetAt(noon)) low = middle;
      else high = middle;
    }
    return { timeZone, now: high + distance };
  });

describe('properties', () => {
  const check = (anyWindowSpec: WindowSpec, now: number) => {
    const window = windowAt(anyWindowSpec, now);
    expect(window.start).toBeLessThanOrEqual(now);
    expect(window.end).toBeGreaterThan(now);
    expect(windowAt(anyWindowSpec, window.start)).toEqual(window);
    expect(windowAt(anyWindowSpec, window.end - 1)).toEqual(window);
    expect(windowAt(anyWindowSpec, window.end).start).toBe(window.end);
    expect(windowAt(anyWindowSpec, window.start - 1).end).toBe(window.start);
    const lengthMax =
      { minute: 60_000, hour: 3_600_000 }[anyWindowSpec.unit as 'minute' | 'hour'] ?? Number.POSITIVE_INFINITY;
    expect(window.end - window.start).toBeLessThanOrEqual(lengthMax);
    if (hasFixedLength(anyWindowSpec)) {
      const next = windowAt(anyWindowSpec, window.end);
      expect(next.end - next.start).toBe(window.end - window.start);
    }
  };

  test('a window contains now, is the same for all its instants, and touches its neighbours', () => {
    fc.assert(fc.property(anySpec, anyInstant, check), { numRuns: 500 });
  });

  test('so it is around every change of the clock', () => {
    fc.assert(
      fc.property(instantNearChange, fc.constantFrom(...calendarUnits), ({ timeZone, now }, unit) =>
        check({ unit, timeZone }, now),
      ),
      { numRuns: 300 },
    );
  });

  test('the clock of a window gives what windowAt gives, in any order of instants', () => {
    fc.assert(
      fc.property(anySpec, fc.array(anyInstant, { maxLength: 20 }), (anyWindowSpec, instants) => {
        const clock = windowClock(anyWindowSpec);
        for (const now of instants) expect(clock(now)).toEqual(windowAt(anyWindowSpec, now));
      }),
    );
  });
});

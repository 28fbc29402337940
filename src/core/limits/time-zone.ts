/** A time zone of the IANA database, as the platform knows it. */
export interface TimeZone {
  /** The name in the platform's spelling: `Europe/Berlin`. */
  readonly name: string;
  /** Local time minus UTC at an instant, in milliseconds. */
  readonly offsetAt: (instant: number) => number;
}

/** The zone of this name (`UTC`, `Europe/Berlin`), or undefined for a name that is not one; offsets such as `+02:00` are not. */
export function findTimeZone(name: string): TimeZone | undefined {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = openZone(name);
  // There are some 600 names; other spellings of them (`europe/berlin`) must not fill the memory.
  if (zone !== undefined && zones.size < zonesMax) zones.set(name, zone);
  return zone;
}

const zonesMax = 1000;
const zones = new Map<string, TimeZone>();

const MINUTE = 60_000;

function openZone(name: string): TimeZone | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...fields, timeZone: name });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  if (name === 'UTC') return { name, offsetAt: () => 0 };

  // Formatting takes microseconds and offsets change on whole minutes, so the last minute's answer is kept.
  let minute = Number.NaN;
  let offset = 0;
  return {
    name: format.resolvedOptions().timeZone,
    offsetAt: (instant) => {
      const wanted = Math.floor(instant / MINUTE) * MINUTE;
      if (wanted !== minute) {
        offset = localTime(format, wanted) - wanted;
        minute = wanted;
      }
      return offset;
    },
  };
}

const fields = {
  hourCycle: 'h23',
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

/** The wall clock at an instant, read as if it were UTC. */
function localTime(format: Intl.DateTimeFormat, instant: number): number {
  const read: Record<string, number> = {};
  let isBeforeChrist = false;
  for (const part of format.formatToParts(instant)) {
    if (part.type === 'era') isBeforeChrist = part.value.startsWith('B');
    else read[part.type] = Number(part.value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
  const date = new Date(0);
  date.setUTCFullYear(isBeforeChrist ? 1 - year : year, month - 1, day);
  return date.setUTCHours(hour, minute, second);
}

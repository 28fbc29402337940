/**
 * Ids of decisions: 48 bits of time in milliseconds and 80 random bits, as 26 characters of Crockford's base 32 (a ULID,
 * https://github.com/ulid/spec). Their text sorts by time; within one millisecond the order is random.
 */

/** An id for a decision made at `now` (milliseconds since the epoch), from at least 10 random bytes. */
export function decisionId(now: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('a decision id takes 10 random bytes');
  return timePart(now) + fiveBytes(random, 0) + fiveBytes(random, 5);
}

/** The instant an id was made, milliseconds since the epoch; undefined for what is not an id. */
export function decisionTime(id: string): number | undefined {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  let time = 0;
  for (let i = 0; i < TIME_CHARACTERS; i += 1) time = time * 32 + ALPHABET.indexOf(id.charAt(i));
  return time;
}

/** The least id of a millisecond, so that a range of time is a range of ids. */
export function firstDecisionIdOf(at: number): string {
  return `${timePart(at)}0000000000000000`;
}

/** The last instant an id can carry (2^48 - 1 milliseconds, in the year 10889). */
export const LATEST_DECISION_TIME = 2 ** 48 - 1;

/** No I, L, O, U: none is mistaken for another character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;

function timePart(at: number): string {
  if (!Number.isInteger(at) || at < 0 || at > LATEST_DECISION_TIME) throw new RangeError(`not an instant: ${at}`);
  let text = '';
  let rest = at;
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Five bytes are 40 bits, eight characters. */
function fiveBytes(bytes: Uint8Array, from: number): string {
  let high = 0;
  let text = '';
  for (let i = 0; i < 5; i += 1) high = high * 256 + (bytes[from + i] ?? 0);
  for (let i = 0; i < 8; i += 1) {
    text = ALPHABET.charAt(high % 32) + text;
    high = Math.floor(high / 32);
  }
  return text;
}

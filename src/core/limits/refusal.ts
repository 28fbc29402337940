import { type Amount, compareAmounts, subtractAmounts } from './amount.ts';
import type { CounterReading, Take } from './take.ts';

/** What an agent is told when a limit refuses its call: which limit, what remains, when it resets. */
export interface LimitRefusal {
  readonly reason: string;
  /** Until the window ends, at least 1. */
  readonly retryAfterSeconds: number;
}

/** The refusal for a take that did not fit into its counter as `reading` found it. `now` in milliseconds since the epoch. */
export function limitRefusal(take: Take, reading: CounterReading, now: number): LimitRefusal {
  const retryAfterSeconds = Math.max(1, Math.ceil((reading.resetsAt - now) / 1000));
  const remaining = compareAmounts(reading.taken, take.max) >= 0 ? 0 : subtractAmounts(take.max, reading.taken);
  const resets = `It resets at ${utcTime(reading.resetsAt)} (in ${duration(retryAfterSeconds)}).`;
  const parts = [
    ...(take.onDeny === undefined ? [] : [take.onDeny]),
    `The limit "${take.counter}" is reached: ${reading.taken} of ${take.max} used, ${remaining} ${remaining === 1 ? 'remains' : 'remain'}${needed(take, remaining)}.`,
    ...(compareAmounts(take.amount, take.max) > 0 ? ['No window admits that much in one call.'] : [resets]),
  ];
  return { reason: parts.join(' '), retryAfterSeconds };
}

function needed(take: Take, remaining: Amount): string {
  return remaining === 0 && take.amount === 1 ? '' : `, and this call needs ${take.amount}`;
}

function utcTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function duration(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, length]) => seconds >= length);
  const words: string[] = [];
  let rest = seconds;
  for (const [name, length] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(' ');
}

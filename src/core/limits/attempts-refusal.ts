import type { LimitRefusal } from './refusal.ts';
import type { CounterReading, Take } from './take.ts';
import { ATTEMPTS_PER_MAX } from './take-all.ts';

/**
 * As `limitRefusal`, for a limit that gives units back after errors and whose window has seen all the attempts it
 * allows: the sentence must not say that units remain without saying why they cannot be had.
 */
export function attemptsRefusal(take: Take, reading: CounterReading, now: number): LimitRefusal {
  const retryAfterSeconds = Math.max(1, Math.ceil((reading.resetsAt - now) / 1000));
  const sentence =
    `The limit "${take.counter}" allows no more attempts, those that failed included ` +
    `(${ATTEMPTS_PER_MAX} times its maximum of ${take.max}). ` +
    `It resets at ${new Date(reading.resetsAt).toISOString()} (in ${retryAfterSeconds} s).`;
  return { reason: take.onDeny === undefined ? sentence : `${take.onDeny} ${sentence}`, retryAfterSeconds };
}

import type { Amount } from './amount.ts';

/** True for an amount that can be taken: not negative, and in its one canonical form. */
export function isAmount(value: unknown): value is Amount {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
  if (typeof value !== 'string' || !/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/.test(value)) return false;
  return value.includes('.') || !Number.isSafeInteger(Number(value));
}

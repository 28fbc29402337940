import { describe, expect, test } from 'vitest';
import { ClockGuard } from './clock-guard.ts';

describe('a clock guard', () => {
  test('believes the first instant, and any that time has caught up with', () => {
    const { guard, pass } = aGuard();
    expect(guard.leapOf(1_000_000)).toBe(0);
    pass(500_000);
    expect(guard.leapOf(1_500_000)).toBe(0);
  });

  test('says by how much an instant is ahead of the time that passed, beyond the tolerance', () => {
    const { guard, pass } = aGuard();
    guard.leapOf(0);
    pass(1_000);
    expect(guard.leapOf(11_000)).toBe(0);
    expect(guard.leapOf(31_000)).toBeCloseTo(30_000, -2);
  });

  test('does not let many small leaps pass one after the other', () => {
    const { guard, pass } = aGuard();
    let at = 0;
    let furthest = 0;
    for (let i = 0; i < 1_000; i += 1) {
      if (guard.leapOf(at) === 0) furthest = Math.max(furthest, at);
      pass(10);
      at += 1_000;
    }
    // Ten seconds passed, ten are tolerated, one goes unchecked, and 1 % is slewed.
    expect(furthest).toBeLessThanOrEqual(21_100);
  });

  test('follows a clock that drifts as clocks do, for weeks', () => {
    const { guard, pass } = aGuard();
    let at = 0;
    for (let hour = 0; hour < 24 * 21; hour += 1) {
      expect(guard.leapOf(at)).toBe(0);
      pass(3_600_000);
      at += 3_600_000 * 1.0005;
    }
  });

  test('believes a clock that has kept its new course for the time to settle', () => {
    const { guard, pass } = aGuard();
    guard.leapOf(0);
    expect(guard.leapOf(100_000)).toBeGreaterThan(0);
    pass(59_999);
    expect(guard.leapOf(159_999)).toBeGreaterThan(0);
    pass(1);
    expect(guard.leapOf(160_000)).toBe(0);
    expect(guard.leapOf(160_001)).toBe(0);
  });

  test('waits anew when the clock leaps again while it settles', () => {
    const { guard, pass } = aGuard();
    guard.leapOf(0);
    guard.leapOf(100_000);
    pass(50_000);
    expect(guard.leapOf(500_000)).toBeGreaterThan(0);
    pass(50_000);
    expect(guard.leapOf(550_000)).toBeGreaterThan(0);
    pass(10_000);
    expect(guard.leapOf(560_000)).toBe(0);
  });

  test('goes on from the true time when a leap was a glitch, and refuses the next one like it', () => {
    const { guard, pass } = aGuard();
    guard.leapOf(0);
    expect(guard.leapOf(100_000)).toBeGreaterThan(0);
    pass(20_000);
    expect(guard.leapOf(20_000)).toBe(0);
    pass(50_000);
    expect(guard.leapOf(170_000)).toBeGreaterThan(0);
  });

  test('lets a clock that goes back pass: for a moment without consequence, for good as its new course', () => {
    const { guard, pass } = aGuard();
    guard.leapOf(1_000_000);
    expect(guard.leapOf(0)).toBe(0);
    expect(guard.leapOf(1_000_000)).toBe(0);
    expect(guard.leapOf(0)).toBe(0);
    pass(60_000);
    expect(guard.leapOf(60_000)).toBe(0);
    expect(guard.leapOf(1_060_000)).toBe(1_000_000);
  });

  function aGuard() {
    let uptimeMs = 12_345;
    const guard = new ClockGuard({ uptimeMs: () => uptimeMs, toleranceMs: 10_000, settleMs: 60_000 });
    return { guard, pass: (ms: number) => (uptimeMs += ms) };
  }
});

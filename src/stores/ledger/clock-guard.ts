/**
 * Notices a wall clock that leaps ahead of the time that has passed, which would hand out the quota of windows that have
 * not come yet and make every later call look like the past. (A call behind the newest record is the writer's to refuse.)
 *
 * A leap is refused until the clock has kept its new course for `settleMs`: a glitch is sat out, a correction that stays
 * (a machine that starts without a battery-backed clock) costs a minute. Time spent suspended is no leap, as long as the
 * uptime counts it, which it does on Linux and Windows.
 */
export class ClockGuard {
  readonly #settings: ClockGuardSettings;
  /** The last instant that was let through after a look at the uptime, and that uptime. */
  #checked: { readonly at: number; readonly uptimeMs: number } | undefined;
  /** How far the clock is believed to run ahead of the uptime. */
  #offsetMs = 0;
  /** Another offset that it shows, and the uptime since when. */
  #course: { readonly offsetMs: number; readonly uptimeMs: number } | undefined;

  constructor(settings: ClockGuardSettings) {
    this.#settings = settings;
  }

  /** Milliseconds by which `at` has leapt ahead, or 0 when it can be let through. */
  leapOf(at: number): number {
    const checked = this.#checked;
    // The usual case, without looking at the uptime.
    if (checked !== undefined && Math.abs(at - checked.at) <= UNCHECKED_MS) return 0;
    const uptimeMs = this.#settings.uptimeMs();
    const offsetMs = at - uptimeMs;
    if (checked === undefined) this.#offsetMs = offsetMs;
    const leapMs = offsetMs - this.#offsetMs;
    if (Math.abs(leapMs) <= this.#settings.toleranceMs) {
      // Clocks are slewed, but slowly; without this bound many small leaps would pass one after the other.
      const slewMs = (uptimeMs - (checked?.uptimeMs ?? uptimeMs)) * SLEW_MAX;
      this.#offsetMs += Math.max(-slewMs, Math.min(slewMs, leapMs));
      this.#course = undefined;
    } else if (this.#hasSettled(offsetMs, uptimeMs)) {
      this.#offsetMs = offsetMs;
    } else if (leapMs > 0) {
      return leapMs;
    }
    this.#checked = { at, uptimeMs };
    return 0;
  }

  #hasSettled(offsetMs: number, uptimeMs: number): boolean {
    if (this.#course === undefined || Math.abs(offsetMs - this.#course.offsetMs) > this.#settings.toleranceMs) {
      this.#course = { offsetMs, uptimeMs };
    }
    return uptimeMs - this.#course.uptimeMs >= this.#settings.settleMs;
  }
}

export interface ClockGuardSettings {
  /** Milliseconds since some fixed moment, unaffected by whoever sets the clock. */
  readonly uptimeMs: () => number;
  readonly toleranceMs: number;
  readonly settleMs: number;
}

/** Instants this near to the last that was checked are let through, so a leap may exceed the tolerance by as much. */
const UNCHECKED_MS = 1_000;

/** Ten times what time daemons do when they correct a clock without stepping it (adjtime(3): 500 ppm; chrony: 1,000). */
const SLEW_MAX = 0.01;

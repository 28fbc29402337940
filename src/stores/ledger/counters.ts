import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Amount } from '../../core/limits/amount.ts';
import type { Take } from '../../core/limits/take.ts';
import { type Bucket, type BucketChange, bucketExpiry } from '../../core/limits/take-all.ts';

/**
 * The counters as the open transaction sees them, remembered between transactions for as long as nobody else wrote.
 * Used inside a transaction only: whoever owns it calls `forget` when it was rolled back or another connection wrote.
 * What a group changes is written once per bucket, however many calls took from it.
 */
export class Counters {
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #slackMs: number;
  readonly #known = new Map<string, Bucket[]>();
  readonly #unwritten = new Map<string, BucketChange[]>();

  /** `slackMs`: by how much instants of calls may run out of order; buckets are remembered that much longer. */
  constructor(db: DatabaseSync, slackMs: number) {
    this.#select = db.prepare('SELECT bucket_start, bucket_end, taken, attempts FROM counters WHERE key = ?');
    this.#upsert = db.prepare(
      `INSERT INTO counters (key, bucket_start, bucket_end, taken, attempts, expires_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET taken = excluded.taken, attempts = excluded.attempts`,
    );
    this.#slackMs = slackMs;
  }

  /** The buckets of a take's counter: of its window and of others that are not cleared away yet. */
  bucketsOf(take: Take): readonly Bucket[] {
    const known = this.#known.get(take.key);
    if (known !== undefined) return known;
    if (this.#known.size >= KNOWN_MAX) {
      this.write();
      this.#known.clear();
    }
    const buckets = this.#select.all(take.key).map(toBucket);
    this.#known.set(take.key, buckets);
    return buckets;
  }

  /** Makes the changes of a call at `at`, for the calls that follow and for `write`. */
  change(changes: readonly BucketChange[], at: number): void {
    for (const change of changes) {
      const { take, bucket } = change;
      const others = this.bucketsOf(take).filter(
        (other) => !isSame(other, bucket) && bucketExpiry(take, other) > at - this.#slackMs,
      );
      this.#known.set(take.key, [...others, bucket]);
      const unwritten = this.#unwritten.get(take.key)?.filter((earlier) => !isSame(earlier.bucket, bucket)) ?? [];
      this.#unwritten.set(take.key, [...unwritten, change]);
    }
  }

  /** Writes what was changed since the last time. */
  write(): void {
    for (const changes of this.#unwritten.values()) {
      for (const { take, bucket } of changes) {
        const { start, end, taken, attempts } = bucket;
        this.#upsert.run(take.key, start, end, taken, attempts, bucketExpiry(take, bucket));
      }
    }
    this.#unwritten.clear();
  }

  forget(): void {
    this.#known.clear();
    this.#unwritten.clear();
  }
}

/** Counters remembered at once: some 10 MB at most. */
const KNOWN_MAX = 20_000;

function isSame(a: Bucket, b: Bucket): boolean {
  return a.start === b.start && a.end === b.end;
}

/** The columns `taken` and `attempts` have no affinity: a number comes back as a number and decimal text as text. */
function toBucket(row: Record<string, unknown>): Bucket {
  return {
    start: row['bucket_start'] as number,
    end: row['bucket_end'] as number,
    taken: row['taken'] as Amount,
    attempts: row['attempts'] as Amount,
  };
}

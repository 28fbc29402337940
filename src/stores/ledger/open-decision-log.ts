import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { decisionTime } from '../../core/decisions/decision-id.ts';
import type {
  CounterQuery,
  CounterStanding,
  DecisionFilter,
  DecisionLog,
  DecisionPage,
  EarlyRefusalCount,
  FollowedDecision,
  FollowOptions,
  LoggedDecision,
  PageRequest,
  TimeRange,
} from '../../core/decisions/decision-log.ts';
import { LedgerUnavailable } from '../../core/decisions/ledger.ts';
import type { DecisionRecord, OutcomeRecord } from '../../core/decisions/record.ts';
import { type Amount, addAmounts } from '../../core/limits/amount.ts';
import { openForReading } from './database.ts';
import { idRangeOf, type SqlFilter, sqlFilterOf } from './record-filter.ts';
import { DECISION, OUTCOME } from './record-log.ts';
import { ledgerUnavailable } from './trouble.ts';

/** Opens the log of a ledger file, which must be there, for reading. Throws `LedgerUnavailable`. */
export function openDecisionLog(path: string): DecisionLog {
  try {
    return new SqliteDecisionLog(openForReading(path));
  } catch (error) {
    throw ledgerUnavailable(error);
  }
}

/**
 * Index entries looked at in one go: about a millisecond. A search goes on in the next turn of the event loop, so that
 * one over millions of rows neither stalls a gateway in the same process nor holds a snapshot that would keep the
 * write-ahead log from being wound back.
 */
const SLICE = 2_000;
const PAGE_DEFAULT = 100;
const PAGE_MAX = 1_000;
const ROWS_DEFAULT = 1_000;

/** Rows a follower reads at once, and how often it looks whether anything was written. */
const FOLLOW_SLICE = 500;
const FOLLOW_POLL_MS = 200;

class SqliteDecisionLog implements DecisionLog {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async search(filter: DecisionFilter, page: PageRequest = {}): Promise<DecisionPage> {
    const { order = 'newest', cursor } = page;
    const limit = Math.min(Math.max(1, page.limit ?? PAGE_DEFAULT), PAGE_MAX);
    if (cursor !== undefined && decisionTime(cursor) === undefined) {
      throw new LedgerUnavailable('invalid', `not a cursor: ${cursor}`);
    }
    try {
      return await this.#search(filter, order, limit, cursor);
    } catch (error) {
      throw ledgerUnavailable(error);
    }
  }

  async get(id: string): Promise<LoggedDecision | undefined> {
    return await this.#asking(() => {
      const row = this.#db.prepare(`SELECT d.record, ${OUTCOME_OF_D} FROM log AS d WHERE id = ? AND kind = ?`);
      const found = row.get(id, DECISION);
      return found === undefined ? undefined : toLogged(found);
    });
  }

  async *follow(filter: DecisionFilter, options: FollowOptions): AsyncIterable<FollowedDecision> {
    try {
      yield* this.#follow(filter, options);
    } catch (error) {
      throw ledgerUnavailable(error);
    }
  }

  async counters({ at, keyPrefix = '', limit = ROWS_DEFAULT }: CounterQuery): Promise<readonly CounterStanding[]> {
    return await this.#asking(() => {
      const rows = this.#db.prepare(
        `SELECT key, bucket_start, bucket_end, taken, attempts, expires_at FROM counters
         WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 AND expires_at > ?2 ORDER BY key`,
      );
      const standings: CounterStanding[] = [];
      for (const row of rows.iterate(keyPrefix, at)) {
        if (!countsAt(row, at)) continue;
        const last = standings.at(-1);
        if (last !== undefined && last.key === row['key']) standings.splice(-1, 1, withBucket(last, row));
        else if (standings.length === limit) break;
        else standings.push(withBucket({ key: row['key'] as string, taken: 0, attempts: 0, resetsAt: 0 }, row));
      }
      return standings;
    });
  }

  async earlyRefusals(range: TimeRange & { readonly limit?: number }): Promise<readonly EarlyRefusalCount[]> {
    return await this.#asking(() => {
      const rows = this.#db.prepare(
        `SELECT minute, source, kind, count FROM early_refusals WHERE minute >= ? AND minute < ?
         ORDER BY minute DESC, count DESC, source, kind LIMIT ?`,
      );
      const { from = 0, until = Number.MAX_SAFE_INTEGER, limit = ROWS_DEFAULT } = range;
      return rows.all(from, until, limit).map((row) => ({
        minute: row['minute'] as number,
        source: row['source'] as string,
        kind: row['kind'] as string,
        count: row['count'] as number,
      }));
    });
  }

  async close(): Promise<void> {
    await this.#asking(() => this.#db.close());
  }

  async #asking<T>(question: () => T): Promise<T> {
    try {
      return await Promise.resolve(question());
    } catch (error) {
      throw ledgerUnavailable(error);
    }
  }

  async #search(
    filter: DecisionFilter,
    order: 'newest' | 'oldest',
    limit: number,
    cursor: string | undefined,
  ): Promise<DecisionPage> {
    const isNewestFirst = order === 'newest';
    const { endOfSlice, readSlice } = this.#searchStatements(sqlFilterOf(filter, 'd'), isNewestFirst);
    let [from, until] = idRangeOf(filter);
    // Ids are compared as text, and an id followed by anything is the next possible text.
    if (cursor !== undefined && isNewestFirst && cursor < until) until = cursor;
    if (cursor !== undefined && !isNewestFirst && cursor >= from) from = `${cursor}!`;
    const found: LoggedDecision[] = [];
    while (from < until) {
      const end = endOfSlice.get(from, until, SLICE)?.['id'] as string | undefined;
      const [low, high] = end === undefined ? [from, until] : isNewestFirst ? [end, until] : [from, end];
      // One more than wanted says whether there is another page.
      found.push(...readSlice(low, high, limit + 1 - found.length));
      if (found.length > limit) {
        const decisions = found.slice(0, limit);
        const last = decisions.at(-1);
        return { decisions, ...(last === undefined ? {} : { next: last.decision.id }) };
      }
      if (end === undefined) break;
      if (isNewestFirst) until = end;
      else from = end;
      await nextTurn();
    }
    return { decisions: found };
  }

  async *#follow(filter: DecisionFilter, { signal, after }: FollowOptions): AsyncIterable<FollowedDecision> {
    const version = this.#db.prepare('PRAGMA data_version');
    const newest = this.#db.prepare('SELECT max(seq) AS seq FROM log');
    const read = this.#followStatement(filter);
    let position = after ?? toNumber(newest.get()?.['seq']);
    let seen: unknown;
    while (!signal.aborted) {
      const current = version.get()?.['data_version'];
      if (current === seen) {
        await pause(FOLLOW_POLL_MS, undefined, { signal }).catch(() => undefined);
        continue;
      }
      seen = current;
      for (const last = toNumber(newest.get()?.['seq']); position < last; ) {
        const upTo = Math.min(last, position + FOLLOW_SLICE);
        const rows = read(position, upTo);
        position = upTo;
        for (const row of rows) {
          if (signal.aborted) return;
          yield toFollowed(row);
        }
      }
    }
  }

  #searchStatements(
    filter: SqlFilter,
    isNewestFirst: boolean,
  ): { endOfSlice: StatementSync; readSlice: (low: string, high: string, limit: number) => LoggedDecision[] } {
    const order = isNewestFirst ? 'DESC' : 'ASC';
    const endOfSlice = this.#db.prepare(
      `SELECT id FROM log WHERE id >= ? AND id < ? ORDER BY id ${order} LIMIT 1 OFFSET ?`,
    );
    const slice = this.#db.prepare(
      `SELECT d.record, ${OUTCOME_OF_D} FROM log AS d
       WHERE d.id >= ? AND d.id < ? AND d.kind = ${DECISION}${filter.sql} ORDER BY d.id ${order} LIMIT ?`,
    );
    const readSlice = (low: string, high: string, limit: number) =>
      slice.all(low, high, ...filter.values, limit).map(toLogged);
    return { endOfSlice, readSlice };
  }

  #followStatement(filter: DecisionFilter): (after: number, upTo: number) => Record<string, unknown>[] {
    const { sql, values } = sqlFilterOf(filter, 'd');
    const [from, until] = idRangeOf(filter);
    const statement = this.#db.prepare(
      `SELECT l.seq, l.kind, d.record, CASE l.kind WHEN ${OUTCOME} THEN l.record END AS outcome
       FROM log AS l JOIN log AS d ON d.id = l.id AND d.kind = ${DECISION}
       WHERE l.seq > ? AND l.seq <= ? AND d.id >= ? AND d.id < ?${sql} ORDER BY l.seq`,
    );
    return (after, upTo) => statement.all(after, upTo, from, until, ...values);
  }
}

const OUTCOME_OF_D = `(SELECT o.record FROM log AS o WHERE o.id = d.id AND o.kind = ${OUTCOME}) AS outcome`;

// The texts in `record` were written by the ledger from these types.
function toLogged(row: Record<string, unknown>): LoggedDecision {
  const outcome = row['outcome'];
  return {
    decision: JSON.parse(row['record'] as string) as DecisionRecord,
    outcome: typeof outcome === 'string' ? (JSON.parse(outcome) as OutcomeRecord) : 'unknown',
  };
}

function toFollowed(row: Record<string, unknown>): FollowedDecision {
  return {
    ...toLogged(row),
    record: row['kind'] === DECISION ? 'decision' : 'outcome',
    position: toNumber(row['seq']),
  };
}

/** A window that has not begun does not count; a bucket of a sliding window does (it outlives its end). */
function countsAt(row: Record<string, unknown>, at: number): boolean {
  return toNumber(row['bucket_start']) <= at || toNumber(row['expires_at']) > toNumber(row['bucket_end']);
}

function withBucket(standing: CounterStanding, row: Record<string, unknown>): CounterStanding {
  return {
    key: standing.key,
    taken: addAmounts(standing.taken, row['taken'] as Amount),
    attempts: addAmounts(standing.attempts, row['attempts'] as Amount),
    resetsAt: Math.max(standing.resetsAt, toNumber(row['expires_at'])),
  };
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

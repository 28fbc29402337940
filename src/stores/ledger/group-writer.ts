import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LedgerUnavailable } from '../../core/decisions/ledger.ts';
import type { DecisionRecord } from '../../core/decisions/record.ts';
import { refusedRecord } from '../../core/decisions/refused-record.ts';
import { attemptsRefusal } from '../../core/limits/attempts-refusal.ts';
import { giveBack } from '../../core/limits/give-back.ts';
import { limitRefusal } from '../../core/limits/refusal.ts';
import type { CounterReading, Take } from '../../core/limits/take.ts';
import { takeAll } from '../../core/limits/take-all.ts';
import { Counters } from './counters.ts';
import { type Durability, OPEN_WAIT_MS, openForWriting, retryWhileBusy } from './database.ts';
import type {
  AdmitOperation,
  EarlyRefusalOperation,
  GroupReply,
  LabelOperation,
  Operation,
  Refusal,
  Reply,
  SettleOperation,
} from './operations.ts';
import { DECISION, OUTCOME, RecordLog } from './record-log.ts';
import { isFaultOfOperation, ledgerUnavailable } from './trouble.ts';

export interface GroupWriterSettings {
  readonly path: string;
  readonly durability: Durability;
  /** Makes the file where it is missing; only at start, never after trouble. */
  readonly create: boolean;
  /** How long a group waits for another process's lock before it fails as `busy`. */
  readonly busyWaitMs: number;
  /** A call further than this behind the newest record is refused as `clock`. */
  readonly clockToleranceMs: number;
  /** The operator's word that the clock is right although the file holds records from the future. */
  readonly acceptClock: boolean;
}

/**
 * Writes groups of operations, each group in one transaction, on the one writing connection of this process.
 *
 * The transaction is the authority: it begins by taking SQLite's write lock, and what is remembered of counters is used
 * only where `data_version` says that no other connection has committed since. Operations are carried out in order and
 * see each other. After trouble with the file the connection is closed, and the next group opens it again, but never
 * makes a new file: a ledger that was deleted would come back with every limit fresh.
 */
export class GroupWriter {
  readonly #settings: GroupWriterSettings;
  #open: OpenLedger | undefined;
  #acceptClock: boolean;

  /** Opens the file. Throws `LedgerUnavailable`. */
  constructor(settings: GroupWriterSettings) {
    this.#settings = settings;
    this.#acceptClock = settings.acceptClock;
    try {
      this.#open = new OpenLedger(settings, { create: settings.create, acceptClock: this.#acceptClock });
    } catch (error) {
      throw troubleWith(settings.path, error);
    }
  }

  /** Replies when the group is durable. Never throws. */
  write(operations: readonly Operation[]): GroupReply {
    try {
      this.#open ??= new OpenLedger(this.#settings, { create: false, acceptClock: this.#acceptClock });
      const replies = this.#open.write(operations);
      this.#acceptClock = false;
      return { replies };
    } catch (error) {
      if (isFaultOfOperation(error)) return this.#writeApart(operations, error);
      const { trouble, message } = troubleWith(this.#settings.path, error);
      if (trouble !== 'busy') this.close();
      return { failed: trouble, message };
    }
  }

  close(): void {
    try {
      this.#open?.close();
    } catch {
      // Closing tidies up; a file in trouble cannot be tidied, and what was answered is durable already.
    }
    this.#open = undefined;
  }

  /** One operation that cannot be carried out must not take the others of its group down with it. */
  #writeApart(operations: readonly Operation[], error: unknown): GroupReply {
    const [only] = operations;
    if (only !== undefined && operations.length === 1) return { replies: [faultOf(only, error)] };
    const replies: Reply[] = [];
    for (const operation of operations) {
      const reply = this.write([operation]);
      if ('failed' in reply) replies.push(reply);
      else replies.push(...reply.replies);
    }
    return { replies };
  }
}

/** SQLite only says that it cannot open a file, or one beside it; the file system says why. */
function troubleWith(path: string, error: unknown): LedgerUnavailable {
  const unavailable = ledgerUnavailable(error);
  if (unavailable.trouble !== 'gone' || !existsSync(path)) return unavailable;
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return unavailable;
  } catch (reason) {
    return ledgerUnavailable(reason);
  }
}

/** A second outcome of a call is dropped; a second decision under one id is the caller's mistake. */
function faultOf(operation: Operation, error: unknown): Reply {
  const { trouble, message } = ledgerUnavailable(error);
  return trouble === 'duplicate' && operation.kind === 'settle' ? null : { failed: trouble, message };
}

/** What early refusals of a minute are counted under beyond `EARLY_REFUSALS_PER_MINUTE` rows. */
export const OTHER_SOURCES = '(other)';
/** Rows of early refusals per minute: 8 MB a day at the worst. */
export const EARLY_REFUSALS_PER_MINUTE = 100;

/** How far the newest instant on file may lag behind the newest record, to spare a page in most groups. */
const NEWEST_LAG_MS = 1_000;

class OpenLedger {
  readonly #db: DatabaseSync;
  readonly #settings: GroupWriterSettings;
  readonly #statements: Statements;
  readonly #log: RecordLog;
  readonly #counters: Counters;
  readonly #files: readonly { readonly path: string; readonly inode: number }[];
  #dataVersion: unknown;
  /** The newest record's instant, and the one on file. */
  #newestAt = 0;
  #newestOnFile = 0;

  constructor(settings: GroupWriterSettings, options: { create: boolean; acceptClock: boolean }) {
    this.#settings = settings;
    this.#db = openForWriting(settings.path, { create: options.create, durability: settings.durability });
    try {
      this.#db.exec('PRAGMA busy_timeout = 0');
      this.#statements = prepare(this.#db);
      this.#log = new RecordLog(this.#db);
      this.#counters = new Counters(this.#db, settings.clockToleranceMs);
      this.#transaction(() => {
        if (options.acceptClock) this.#forgetNewest();
        else this.#recordNewestOfLog();
      }, OPEN_WAIT_MS);
      this.#files = [settings.path, `${settings.path}-wal`].map((path) => ({ path, inode: statSync(path).ino }));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  write(operations: readonly Operation[]): Reply[] {
    return this.#transaction(() => {
      const replies = operations.map((operation) => this.#carryOut(operation));
      this.#assertInPlace();
      return replies;
    });
  }

  close(): void {
    this.#db.close();
  }

  #transaction<T>(work: () => T, busyWaitMs = this.#settings.busyWaitMs): T {
    const { begin, commit, dataVersion } = this.#statements;
    retryWhileBusy(busyWaitMs, () => begin.run());
    try {
      const version = dataVersion.get()?.['data_version'];
      if (version !== this.#dataVersion) {
        this.#forget();
        this.#dataVersion = version;
      }
      const result = work();
      this.#log.write();
      this.#counters.write();
      this.#writeNewest();
      commit.run();
      return result;
    } catch (error) {
      this.#dataVersion = undefined;
      this.#log.forget();
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #forget(): void {
    this.#counters.forget();
    this.#newestOnFile = (this.#statements.getState.get(NEWEST_AT)?.['value'] as number | undefined) ?? 0;
    this.#newestAt = this.#newestOnFile;
  }

  /** SQLite goes on writing into a deleted file, where nothing is durable. */
  #assertInPlace(): void {
    for (const { path, inode } of this.#files) {
      if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) {
        throw new LedgerUnavailable('gone', `${path} was deleted, moved or replaced while it was open`);
      }
    }
  }

  #carryOut(operation: Operation): Reply {
    switch (operation.kind) {
      case 'admit':
        return this.#admit(operation);
      case 'settle':
        return this.#settle(operation);
      case 'label':
        return this.#putLabels(operation);
      case 'early_refusal':
        return this.#countEarlyRefusal(operation);
      default:
        return null;
    }
  }

  #admit(operation: AdmitOperation): Reply {
    const { at } = operation;
    if (at < this.#newestAt - this.#settings.clockToleranceMs) return clockWentBack(at, this.#newestAt);

    const refusedByLabel = this.#label(operation);
    if (refusedByLabel !== undefined) return this.#refuse(operation, refusedByLabel);

    const { takes } = operation;
    const taken = takeAll(takes, at, (take) => this.#counters.bucketsOf(take));
    if (!taken.fits) {
      const take = takes[taken.refused];
      if (take === undefined) throw new RangeError('refused by no take');
      const sentence = taken.because === 'max' ? limitRefusal : attemptsRefusal;
      const refusal = {
        by: 'limit',
        rule: take.rule,
        code: 'limit',
        refused: taken.refused,
        reading: taken.reading,
        ...sentence(take, taken.reading, at),
      } as const;
      return this.#refuse(operation, refusal, taken.readings);
    }

    const { consume } = operation;
    if (consume !== undefined && (consume.expiresAt <= at || this.#isConsumed(consume.key))) {
      const reason = consume.onDeny ?? 'This was used before or has expired; it may be used once.';
      return this.#refuse(operation, { by: 'single_use', rule: consume.rule, code: 'denied', reason });
    }

    this.#append(operation, withLimits(operation.text, taken.readings));
    this.#counters.change(taken.changes, at);
    if (consume !== undefined) this.#statements.insertConsumed.run(consume.key, consume.expiresAt);
    return taken.readings.flatMap(({ taken, resetsAt }) => [taken, resetsAt]);
  }

  #refuse(operation: AdmitOperation, refusal: Refusal, limits?: readonly CounterReading[]): Reply {
    const { rule, code, reason } = refusal;
    // Written by the main thread from a DecisionRecord.
    const record = JSON.parse(operation.text) as DecisionRecord;
    const refused = refusedRecord(record, { rule, code, reason, ...(limits === undefined ? {} : { limits }) });
    this.#append(operation, JSON.stringify(refused));
    return { refusal };
  }

  #append({ id, at }: AdmitOperation, text: string): void {
    this.#log.append(id, DECISION, text);
    this.#newestAt = Math.max(this.#newestAt, at);
  }

  #label({ blockedBy, at }: AdmitOperation): Refusal | undefined {
    if (blockedBy === undefined) return undefined;
    for (const label of blockedBy.labels) {
      const row = this.#statements.getLabel.get(blockedBy.lineage, label, at);
      if (row === undefined) continue;
      const expiresAt = row['expires_at'] as number;
      const sentence = `The flow label "${label}" forbids this call until ${new Date(expiresAt).toISOString()}.`;
      const reason = blockedBy.onDeny === undefined ? sentence : `${blockedBy.onDeny} ${sentence}`;
      return { by: 'label', rule: blockedBy.rule, code: 'denied', reason, label, expiresAt };
    }
    return undefined;
  }

  #isConsumed(key: string): boolean {
    return this.#statements.getConsumed.get(key) !== undefined;
  }

  #settle({ id, text, release }: SettleOperation): Reply {
    if (release.length > 0) this.#giveBack(id, release);
    this.#log.append(id, OUTCOME, text);
    return null;
  }

  /** Once: a second outcome of a call breaks the key of the log, and its giving back is undone with it. */
  #giveBack(id: string, release: readonly Take[]): void {
    const text = this.#log.get(id, DECISION);
    if (text === undefined) return;
    const decision = JSON.parse(text) as DecisionRecord;
    const given = release.filter((take) => wasTaken(take, decision));
    const changes = giveBack(given, decision.at, (take) => this.#counters.bucketsOf(take));
    this.#counters.change(changes, decision.at);
  }

  #putLabels({ lineage, labels, expiresAt }: LabelOperation): Reply {
    for (const label of labels) this.#statements.upsertLabel.run(lineage, label, expiresAt);
    return null;
  }

  #countEarlyRefusal({ minute, source, refusal, count }: EarlyRefusalOperation): Reply {
    const { addToEarlyRefusals, countEarlyRefusals, upsertEarlyRefusals } = this.#statements;
    if (addToEarlyRefusals.run(count, minute, source, refusal).changes === 1) return null;
    const rows = countEarlyRefusals.get(minute)?.['rows'] as number;
    if (rows < EARLY_REFUSALS_PER_MINUTE) upsertEarlyRefusals.run(minute, source, refusal, count);
    else upsertEarlyRefusals.run(minute, OTHER_SOURCES, OTHER_SOURCES, count);
    return null;
  }

  #writeNewest(): void {
    if (this.#newestAt < this.#newestOnFile + NEWEST_LAG_MS) return;
    this.#statements.setState.run(NEWEST_AT, this.#newestAt);
    this.#newestOnFile = this.#newestAt;
  }

  #forgetNewest(): void {
    this.#newestAt = 0;
    this.#newestOnFile = 0;
    this.#statements.setState.run(NEWEST_AT, 0);
  }

  /** The instant on file may lag behind the log, if the process that wrote it was killed. */
  #recordNewestOfLog(): void {
    const row = this.#statements.newestDecision.get(DECISION);
    if (row === undefined) return;
    const { at } = JSON.parse(row['record'] as string) as DecisionRecord;
    this.#newestAt = Math.max(this.#newestAt, at);
  }
}

const NEWEST_AT = 'newest_at';

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    dataVersion: sql('PRAGMA data_version'),
    // The last to be written, not the latest instant: where the operator accepted an earlier clock, that one holds.
    newestDecision: sql('SELECT record FROM log WHERE kind = ? ORDER BY seq DESC LIMIT 1'),
    getLabel: sql('SELECT expires_at FROM labels WHERE lineage = ? AND label = ? AND expires_at > ?'),
    upsertLabel: sql(
      `INSERT INTO labels (lineage, label, expires_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
    ),
    getConsumed: sql('SELECT 1 FROM consumed WHERE key = ?'),
    insertConsumed: sql('INSERT INTO consumed (key, expires_at) VALUES (?, ?)'),
    addToEarlyRefusals: sql('UPDATE early_refusals SET count = count + ? WHERE minute = ? AND source = ? AND kind = ?'),
    countEarlyRefusals: sql('SELECT count(*) AS rows FROM early_refusals WHERE minute = ?'),
    upsertEarlyRefusals: sql(
      `INSERT INTO early_refusals (minute, source, kind, count) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    ),
    getState: sql('SELECT value FROM state WHERE name = ?'),
    setState: sql('INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
  };
}

function withLimits(text: string, readings: readonly CounterReading[]): string {
  return readings.length === 0 ? text : `${text.slice(0, -1)},"limits":${JSON.stringify(readings)}}`;
}

/** Only an admitted call took anything, and only what its record says. */
function wasTaken(take: Take, decision: DecisionRecord): boolean {
  return decision.effect === 'allow' && (decision.limits ?? []).some((reading) => reading.rule === take.rule);
}

function clockWentBack(at: number, newestAt: number): Reply {
  return {
    failed: 'clock',
    message:
      `the clock went back: this call is of ${new Date(at).toISOString()}, ` +
      `the newest record of ${new Date(newestAt).toISOString()}; calls are refused until the clock has caught up`,
  };
}

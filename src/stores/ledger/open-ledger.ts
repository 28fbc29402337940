import { statfs } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import {
  type Admission,
  type AdmissionRequest,
  type EarlyRefusal,
  type LabelGrant,
  type Ledger,
  type LedgerHealth,
  LedgerUnavailable,
} from '../../core/decisions/ledger.ts';
import type { OutcomeRecord } from '../../core/decisions/record.ts';
import type { CounterReading, Take } from '../../core/limits/take.ts';
import { mistakeIn } from './admission-check.ts';
import { ClockGuard } from './clock-guard.ts';
import type { Durability } from './database.ts';
import { EarlyRefusals } from './early-refusals.ts';
import { GroupCommit } from './group-commit.ts';
import { startMaintenanceThread } from './maintenance-thread.ts';
import type { Reply, Standings } from './operations.ts';
import { openWriterHere } from './writer-here.ts';
import { startWriterThread, type Writer } from './writer-thread.ts';

export interface LedgerOptions {
  /** The file; its folder must exist. Beside it lie `-wal` and `-shm` while it is open, and after a kill. */
  readonly path: string;
  readonly durability: Durability;
  /**
   * Which thread writes. A sync blocks whoever waits for it, so `power` has a thread of its own; without syncs a group takes
   * less time than waking a thread. Default: by durability.
   */
  readonly writer?: 'here' | 'thread';
  /** How long a group waits for the lock of another process before its calls are refused as `busy`. 1,000. */
  readonly busyWaitMs?: number;
  /** Calls are refused while the disk has less room than this; refusals and outcomes are still written. 64 MiB. */
  readonly diskReserveBytes?: number;
  /** How long decisions are kept. 90. */
  readonly retentionDays?: number;
  /** How long the counts of refusals before authentication are kept. 7. */
  readonly earlyRefusalRetentionDays?: number;
  /**
   * A call whose instant is further than this behind the newest record, or further ahead of the last one than the time
   * that has passed since, is refused as `clock`. 10,000; at most 50,000, for counters are kept a minute longer than used.
   */
  readonly clockToleranceMs?: number;
  /** A clock that leapt ahead is believed once it has kept its course for so long. 60,000. */
  readonly clockSettleMs?: number;
  /** The operator's word that the clock is right although the file holds records from the future. */
  readonly acceptClock?: boolean;
  /** Milliseconds since some fixed moment, unaffected by whoever sets the clock. The machine's uptime. */
  readonly uptimeMs?: () => number;
}

/** Opens a ledger in a file, making it where it is missing. Rejects with `LedgerUnavailable`. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const settings: Settings = { ...DEFAULTS, writer: options.durability === 'power' ? 'thread' : 'here', ...options };
  if (settings.clockToleranceMs > CLOCK_TOLERANCE_MAX_MS) {
    throw new RangeError(`clockToleranceMs is at most ${CLOCK_TOLERANCE_MAX_MS}`);
  }
  const { path, durability, busyWaitMs, clockToleranceMs } = settings;
  const writerSettings = { path, durability, busyWaitMs, clockToleranceMs };
  const start = (options: { create: boolean; acceptClock: boolean }): Promise<Writer> =>
    settings.writer === 'here'
      ? startHere({ ...writerSettings, ...options })
      : startWriterThread({ ...writerSettings, ...options });
  const writer = await start({ create: true, acceptClock: settings.acceptClock });
  const startWriter = () => start({ create: false, acceptClock: false });
  const commit = new GroupCommit({ ...GROUPS, startWriter }, writer);
  return new SqliteLedger(settings, commit, await freeBytesOf(path));
}

function startHere(settings: Parameters<typeof openWriterHere>[0]): Promise<Writer> {
  return new Promise((resolve) => {
    resolve(openWriterHere(settings));
  });
}

const DEFAULTS = {
  busyWaitMs: 1_000,
  diskReserveBytes: 64 * 1024 * 1024,
  retentionDays: 90,
  earlyRefusalRetentionDays: 7,
  clockToleranceMs: 10_000,
  clockSettleMs: 60_000,
  acceptClock: false,
  uptimeMs: () => uptime() * 1000,
} as const;

const CLOCK_TOLERANCE_MAX_MS = 50_000;

/** Groups of 256 hold the write lock for about 2 ms. */
const GROUPS = { lingerMs: 10, waitingMax: 10_000, groupMax: 256, retryMs: 500 } as const;

/** Counts of early refusals may be this old when they are written. */
const EARLY_REFUSALS_LINGER_MS = 1_000;

const FIRST_DELETION_AFTER_MS = 60_000;

type Settings = Required<LedgerOptions>;

/** The main thread's half: refuses what must not reach the file, hands the rest to the writer thread. */
class SqliteLedger implements Ledger {
  readonly #settings: Settings;
  readonly #commit: GroupCommit;
  readonly #clock: ClockGuard;
  readonly #maintenance: { close(): Promise<void> };
  readonly #earlyRefusals = new EarlyRefusals();
  #earlyRefusalsTimer: NodeJS.Timeout | undefined;
  #freeBytes: number | undefined;

  constructor(settings: Settings, commit: GroupCommit, freeBytes: number | undefined) {
    this.#settings = settings;
    this.#commit = commit;
    this.#freeBytes = freeBytes;
    this.#clock = new ClockGuard({
      uptimeMs: settings.uptimeMs,
      toleranceMs: settings.clockToleranceMs,
      settleMs: settings.clockSettleMs,
    });
    this.#maintenance = startMaintenanceThread(
      {
        path: settings.path,
        durability: settings.durability,
        retention: { logDays: settings.retentionDays, earlyRefusalDays: settings.earlyRefusalRetentionDays },
        firstDeletionAfterMs: FIRST_DELETION_AFTER_MS,
      },
      (bytes) => {
        this.#freeBytes = bytes;
      },
    );
  }

  async admit(request: AdmissionRequest): Promise<Admission> {
    const { record, takes, blockedBy, consume } = request;
    const mistake = mistakeIn(request);
    if (mistake !== undefined) throw new LedgerUnavailable('invalid', mistake);
    if (record.effect === 'allow' || record.effect === 'hold') this.#assertRoom();
    const leapMs = this.#clock.leapOf(record.at);
    if (leapMs > 0) {
      throw new LedgerUnavailable(
        'clock',
        `the clock leapt ${Math.round(leapMs / 1000)} s ahead; ` +
          `calls are refused until it has kept its course for ${this.#settings.clockSettleMs / 1000} s`,
      );
    }
    const text = JSON.stringify('limits' in record ? { ...record, limits: undefined } : record);
    const reply = await this.#commit.submit({
      kind: 'admit',
      id: record.id,
      at: record.at,
      text,
      takes: takes ?? [],
      blockedBy,
      consume,
    });
    return admissionFrom(reply, takes ?? []);
  }

  settle(outcome: OutcomeRecord, release: readonly Take[]): void {
    this.#commit.keep({
      kind: 'settle',
      id: outcome.id,
      text: JSON.stringify(outcome),
      release,
    });
  }

  async addLabels({ lineage, labels, expiresAt }: LabelGrant): Promise<void> {
    throwIfFailed(await this.#commit.submit({ kind: 'label', lineage, labels, expiresAt }));
  }

  noteRefusal(refusal: EarlyRefusal): void {
    this.#earlyRefusals.note(refusal);
    this.#earlyRefusalsTimer ??= setTimeout(() => this.#writeEarlyRefusals(), EARLY_REFUSALS_LINGER_MS);
  }

  health(): LedgerHealth {
    const trouble = this.#roomTrouble() ?? this.#commit.trouble;
    return {
      ...(trouble === undefined ? {} : { trouble: { trouble: trouble.trouble, message: trouble.message } }),
      waiting: this.#commit.waiting,
      ...(this.#freeBytes === undefined ? {} : { freeBytes: this.#freeBytes }),
    };
  }

  async flush(): Promise<void> {
    this.#writeEarlyRefusals();
    await this.#commit.flush();
  }

  async close(): Promise<void> {
    this.#writeEarlyRefusals();
    try {
      await this.#commit.close();
    } finally {
      await this.#maintenance.close();
    }
  }

  #writeEarlyRefusals(): void {
    clearTimeout(this.#earlyRefusalsTimer);
    this.#earlyRefusalsTimer = undefined;
    for (const operation of this.#earlyRefusals.drain()) this.#commit.keep(operation);
  }

  #assertRoom(): void {
    const trouble = this.#roomTrouble();
    if (trouble !== undefined) throw trouble;
  }

  #roomTrouble(): LedgerUnavailable | undefined {
    const { diskReserveBytes } = this.#settings;
    if (this.#freeBytes === undefined || this.#freeBytes >= diskReserveBytes) return undefined;
    const message = `${this.#freeBytes} bytes are free on the disk, ${diskReserveBytes} are kept in reserve`;
    return new LedgerUnavailable('disk_reserve', message);
  }
}

function admissionFrom(reply: Reply, takes: readonly Take[]): Admission {
  throwIfFailed(reply);
  if (isStandings(reply))
    return { admitted: true, readings: takes.map((take, index) => readingOf(take, reply, index)) };
  if (reply === null || !('refusal' in reply)) throw new TypeError('the ledger writer gave no answer to an admission');
  return { admitted: false, ...reply.refusal };
}

function readingOf({ rule, counter, max }: Take, standings: Standings, index: number): CounterReading {
  const taken = standings[index * 2];
  const resetsAt = standings[index * 2 + 1];
  if (taken === undefined || typeof resetsAt !== 'number') throw new TypeError('the ledger writer left out a reading');
  return { rule, counter, max, taken, resetsAt };
}

function isStandings(reply: Reply): reply is Standings {
  return Array.isArray(reply);
}

function throwIfFailed(reply: Reply): void {
  if (reply !== null && 'failed' in reply) throw new LedgerUnavailable(reply.failed, reply.message);
}

async function freeBytesOf(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    return bavail * bsize;
  } catch {
    // A file system without such figures has no reserve; a full one is still noticed when a write fails.
    return undefined;
  }
}

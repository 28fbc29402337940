import { type LedgerTrouble, LedgerUnavailable } from '../../core/decisions/ledger.ts';
import type { GroupReply, Operation, Reply } from './operations.ts';
import type { Writer } from './writer-thread.ts';

export interface GroupCommitSettings {
  /** Starts a writer, at first use and again after one has died. */
  readonly startWriter: () => Promise<Writer>;
  /** How long operations that nobody waits for may wait for company. */
  readonly lingerMs: number;
  /** Operations that may wait at once; beyond that, new ones are refused as `overloaded`. */
  readonly waitingMax: number;
  /** Operations a group may have, so that none holds the write lock for long. */
  readonly groupMax: number;
  /** How long to wait before kept operations are tried again after trouble. */
  readonly retryMs: number;
}

/**
 * Makes operations durable in groups: while the writer works, the next ones gather and go together. One group is in
 * flight at a time, and operations are written in the order in which they came.
 *
 * `submit` is for what somebody waits for: it resolves with the reply, or rejects when its group could not be written.
 * `keep` is for what must be written some day: it is put back in front and tried again until it is durable.
 */
export class GroupCommit {
  readonly #settings: GroupCommitSettings;
  #writer: Writer | undefined;
  #waiting: Entry[] = [];
  #isWriting = false;
  #nextTurn: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  #trouble: LedgerUnavailable | undefined;
  #isClosed = false;

  constructor(settings: GroupCommitSettings, writer: Writer) {
    this.#settings = settings;
    this.#writer = writer;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What went wrong with the newest group, until one succeeds. */
  get trouble(): LedgerUnavailable | undefined {
    return this.#trouble;
  }

  submit(operation: Operation): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(new LedgerUnavailable('closed', 'the ledger is closed'));
    if (this.#waiting.length >= this.#settings.waitingMax) {
      const message = `${this.#waiting.length} operations wait for the ledger already`;
      return Promise.reject(new LedgerUnavailable('overloaded', message));
    }
    return this.#wait(operation);
  }

  keep(operation: Operation): void {
    if (this.#isClosed) return;
    this.#waiting.push({ operation, waiter: undefined });
    if (!this.#isWriting && this.#nextTurn === undefined) this.#writeLater(this.#settings.lingerMs);
  }

  /** Resolves when all that came before is durable; rejects if it cannot be made so now. */
  async flush(): Promise<void> {
    if (this.#isClosed) throw new LedgerUnavailable('closed', 'the ledger is closed');
    await this.#wait({ kind: 'flush' });
  }

  /** Flushes and lets the writer go; rejects, closed all the same, if something could not be written. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const flushed = this.flush();
    this.#isClosed = true;
    try {
      await flushed;
    } finally {
      clearTimeout(this.#later);
      await this.#writer?.close();
    }
  }

  #wait(operation: Operation): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#waiting.push({ operation, waiter: { resolve, reject } });
    this.#writeSoon();
    return promise;
  }

  /** After this turn's other input was read, so that calls which arrive together are written together. */
  #writeSoon(): void {
    if (this.#isWriting || this.#nextTurn !== undefined) return;
    this.#nextTurn = setImmediate(() => {
      this.#nextTurn = undefined;
      void this.#writeGroup();
    });
  }

  #writeLater(delayMs: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#writeSoon();
    }, delayMs);
  }

  async #writeGroup(): Promise<void> {
    const group = this.#waiting.splice(0, this.#settings.groupMax);
    if (group.length === 0) return;
    this.#isWriting = true;
    const reply = await this.#write(group.map((entry) => entry.operation));
    this.#isWriting = false;
    if ('failed' in reply) this.#putBack(group, new LedgerUnavailable(reply.failed, reply.message));
    else this.#answer(group, reply.replies);
  }

  async #write(operations: readonly Operation[]): Promise<GroupReply> {
    try {
      this.#writer ??= await this.#settings.startWriter();
      return await this.#writer.write(operations);
    } catch (error) {
      this.#writer = undefined;
      const trouble: LedgerTrouble = error instanceof LedgerUnavailable ? error.trouble : 'writer_failed';
      return { failed: trouble, message: error instanceof Error ? error.message : String(error) };
    }
  }

  #answer(group: readonly Entry[], replies: readonly Reply[]): void {
    this.#trouble = undefined;
    for (const [index, { waiter }] of group.entries()) waiter?.resolve(replies[index] ?? null);
    if (this.#waiting.some((entry) => entry.waiter !== undefined)) this.#writeSoon();
    else if (this.#waiting.length > 0) this.#writeLater(this.#settings.lingerMs);
  }

  #putBack(group: readonly Entry[], trouble: LedgerUnavailable): void {
    this.#trouble = trouble;
    const kept = group.filter((entry) => entry.waiter === undefined);
    // What waits for all before it to be durable need not wait for a store that is away.
    const flushes = this.#waiting.filter((entry) => entry.operation.kind === 'flush');
    this.#waiting = [...kept, ...this.#waiting.filter((entry) => entry.operation.kind !== 'flush')];
    for (const { waiter } of [...group, ...flushes]) waiter?.reject(trouble);
    if (this.#waiting.some((entry) => entry.waiter !== undefined)) this.#writeSoon();
    else if (this.#waiting.length > 0 && !this.#isClosed) this.#writeLater(this.#settings.retryMs);
  }
}

interface Entry {
  readonly operation: Operation;
  /** Undefined for what is kept until it is durable. */
  readonly waiter: { resolve(reply: Reply): void; reject(trouble: LedgerUnavailable): void } | undefined;
}

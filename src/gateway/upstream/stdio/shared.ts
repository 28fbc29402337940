import { err, ok, type Result } from '../../../core/result.ts';
import { afterFailure, type Backoff, type BackoffSettings, defaultBackoff } from './backoff.ts';
import type { StdioConnection } from './connection.ts';
import type { StdioStartFailure } from './failure.ts';

/** A shared server that failed a moment ago. `message` says how it failed and when it is tried again. */
export interface StdioRestarting {
  readonly kind: 'restarting';
  readonly message: string;
  readonly retryAfterMs: number;
}

export interface SharedStdioSettings {
  /** Starts the server and shakes hands with it; what it gives is ready for requests of every client. */
  readonly open: () => Promise<Result<StdioConnection, StdioStartFailure>>;
  readonly backoff?: BackoffSettings;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/**
 * One server for all its clients: started when somebody needs it, started again after it ended, but not before the
 * backoff after a failure is over; until then every caller gets the reason at once. Nobody's request is repeated.
 */
export class SharedStdioServer {
  readonly #settings: SharedStdioSettings;
  readonly #now: () => number;
  #current: Promise<Result<StdioConnection, StdioStartFailure>> | undefined;
  #backoff: Backoff | undefined;
  #lastFailure = '';
  #isClosed = false;

  constructor(settings: SharedStdioSettings) {
    this.#settings = settings;
    this.#now = settings.now ?? (() => performance.now());
  }

  /** The connection, started if need be; callers at the same time share one start. */
  async connection(): Promise<Result<StdioConnection, StdioStartFailure | StdioRestarting>> {
    if (this.#isClosed) return err({ kind: 'spawn_failed', message: 'the server was closed' });
    if (this.#current === undefined) {
      const retryAfterMs = Math.ceil((this.#backoff?.retryAt ?? 0) - this.#now());
      if (this.#backoff !== undefined && retryAfterMs > 0) {
        const seconds = Math.ceil(retryAfterMs / 1000);
        const message = `${this.#lastFailure}; it is started again in ${seconds} s at the earliest`;
        return err({ kind: 'restarting', message, retryAfterMs });
      }
      this.#current = this.#start();
    }
    return await this.#current;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = await this.#current;
    if (opened?.ok === true) await opened.value.close();
  }

  async #start(): Promise<Result<StdioConnection, StdioStartFailure>> {
    const opened = await this.#settings.open();
    if (!opened.ok) {
      this.#current = undefined;
      this.#noteFailure(opened.error.message, 0);
      return opened;
    }
    const startedAt = this.#now();
    void opened.value.ended.then(({ cause, message }) => {
      this.#current = undefined;
      const wasMeant = cause === 'closed' || cause === 'idle' || cause === 'lifetime';
      if (wasMeant) this.#backoff = undefined;
      else this.#noteFailure(message, this.#now() - startedAt);
    });
    return ok(opened.value);
  }

  #noteFailure(message: string, ranMs: number): void {
    this.#lastFailure = message;
    this.#backoff = afterFailure(this.#backoff, this.#now(), ranMs, this.#settings.backoff ?? defaultBackoff);
  }
}

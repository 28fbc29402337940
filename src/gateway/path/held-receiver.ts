import type { ReplyHead, ReplyReceiver, Sending, StreamEvent, UpstreamFailure } from '../upstream/upstream.ts';

/**
 * Holds a reply back until something is durable: from the first sign of an answer on, everything is queued in order and
 * handed on once `ready` resolves. When it rejects, `onUnready` is told instead and nothing is handed on.
 */
export class HeldReceiver implements ReplyReceiver {
  readonly #receiver: ReplyReceiver;
  readonly #prepare: () => Promise<void>;
  readonly #onUnready: (error: unknown) => void;
  #queue: (() => void)[] | undefined;
  #isReady = false;
  #sending: Sending | undefined;

  constructor(receiver: ReplyReceiver, prepare: () => Promise<void>, onUnready: (error: unknown) => void) {
    this.#receiver = receiver;
    this.#prepare = prepare;
    this.#onUnready = onUnready;
  }

  /** The exchange to pause while the answer is held. */
  holds(sending: Sending): void {
    this.#sending = sending;
    if (this.#queue !== undefined && !this.#isReady) sending.pause();
  }

  onReply(head: ReplyHead): void {
    this.#then(() => this.#receiver.onReply(head));
  }

  onBytes(chunk: Uint8Array): void {
    this.#then(() => this.#receiver.onBytes(chunk));
  }

  onEvent(event: StreamEvent): void {
    this.#then(() => this.#receiver.onEvent(event));
  }

  onEnd(): void {
    this.#then(() => this.#receiver.onEnd());
  }

  onFailure(failure: UpstreamFailure): void {
    // A failure before any answer brought nothing that a label would be for.
    if (this.#queue === undefined) this.#receiver.onFailure(failure);
    else this.#then(() => this.#receiver.onFailure(failure));
  }

  #then(step: () => void): void {
    if (this.#isReady) return step();
    if (this.#queue !== undefined) {
      this.#queue.push(step);
      return;
    }
    this.#queue = [step];
    this.#sending?.pause();
    this.#prepare().then(
      () => {
        this.#isReady = true;
        for (const held of this.#queue ?? []) held();
        this.#queue = [];
        this.#sending?.resume();
      },
      (error: unknown) => {
        this.#queue = [];
        this.#onUnready(error);
      },
    );
  }
}

import { err, type Result } from '../../../core/result.ts';
import type { StdioStartFailure } from './failure.ts';

/** What is counted: anything that was opened, ends by itself some time, and can be closed. */
export interface Child {
  readonly ended: Promise<unknown>;
  close(): Promise<unknown>;
}

export interface ChildrenLimits {
  /** A server in Node takes 60 to 100 MB; this many is what a machine with 8 GB stands. */
  readonly perGateway: number;
  readonly perGrant: number;
}

export const defaultChildrenLimits: ChildrenLimits = { perGateway: 64, perGrant: 8 };

/**
 * All child processes of the gateway, counted from before their start until they are really gone, so that no client can
 * fill the machine by opening sessions.
 */
export class StdioChildren {
  readonly #limits: ChildrenLimits;
  readonly #children = new Set<{
    readonly grant: string | undefined;
    readonly opening: Promise<Result<Child, StdioStartFailure>>;
  }>();
  #isClosed = false;

  constructor(limits: ChildrenLimits = defaultChildrenLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#children.size;
  }

  /** Opens a child for a grant, or for nobody in particular (a shared one), unless there are too many already. */
  async open<T extends Child>(
    grant: string | undefined,
    start: () => Promise<Result<T, StdioStartFailure>>,
  ): Promise<Result<T, StdioStartFailure>> {
    if (this.#isClosed) return err({ kind: 'too_many_children', message: 'the gateway is stopping' });
    if (this.#children.size >= this.#limits.perGateway) {
      const message = `the gateway runs ${this.#limits.perGateway} servers already, which is its limit`;
      return err({ kind: 'too_many_children', message });
    }
    const own = grant === undefined ? 0 : [...this.#children].filter((other) => other.grant === grant).length;
    if (own >= this.#limits.perGrant) {
      const message = `this grant has ${this.#limits.perGrant} servers running already, which is its limit`;
      return err({ kind: 'too_many_children', message });
    }
    const opening = start();
    const place = { grant, opening };
    this.#children.add(place);
    void goneAfter(opening).then(() => this.#children.delete(place));
    const opened = await opening;
    // A stop that came during the start waits for this.
    if (this.#isClosed && opened.ok) await opened.value.close();
    return opened;
  }

  /** Closes every child and lets no new one be opened. Settles when all are gone. */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#children].map(async ({ opening }) => {
        const opened = await opening.catch(() => undefined);
        if (opened?.ok === true) await opened.value.close();
      }),
    );
  }
}

async function goneAfter(opening: Promise<Result<Child, StdioStartFailure>>): Promise<void> {
  const opened = await opening.catch(() => undefined);
  if (opened?.ok === true) await opened.value.ended.catch(() => {});
}

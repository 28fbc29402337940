/**
 * Calls under way that will put a flow label on their grant. A call that such a label would refuse waits for them, so that
 * two calls sent together are decided as if one had come after the other.
 */
export class LabellingCalls {
  readonly #byLineage = new Map<string, Set<{ readonly labels: readonly string[]; readonly ended: Promise<void> }>>();

  /** Notes a call that adds labels; the function given back says that it has ended and its labels, if any, are durable. */
  begin(lineage: string, labels: readonly string[]): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = { labels, ended: promise };
    const calls = this.#byLineage.get(lineage) ?? new Set();
    this.#byLineage.set(lineage, calls.add(entry));
    return () => {
      calls.delete(entry);
      if (calls.size === 0) this.#byLineage.delete(lineage);
      resolve();
    };
  }

  /** Resolves when no call that was under way when asked adds any of the labels any more; undefined when there is none. */
  waitFor(lineage: string, labels: readonly string[]): Promise<unknown> | undefined {
    const calls = [...(this.#byLineage.get(lineage) ?? [])].filter((call) =>
      call.labels.some((label) => labels.includes(label)),
    );
    return calls.length === 0 ? undefined : Promise.all(calls.map((call) => call.ended));
  }
}

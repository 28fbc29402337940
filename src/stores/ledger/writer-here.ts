import { setTimeout as pause } from 'node:timers/promises';
import { GroupWriter, type GroupWriterSettings } from './group-writer.ts';
import type { Writer } from './writer-thread.ts';

/**
 * A writer on the calling thread, for `durability: process`: a group is a few writes to the page cache and no sync, which
 * takes less time than waking another thread and being woken by it. Waiting for another process's lock never blocks the
 * thread. Throws `LedgerUnavailable` when the file cannot be opened.
 */
export function openWriterHere(settings: GroupWriterSettings): Writer {
  const writer = new GroupWriter({ ...settings, busyWaitMs: 0 });
  return {
    async write(operations) {
      const deadline = performance.now() + settings.busyWaitMs;
      for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, 5)) {
        const reply = writer.write(operations);
        if (!('failed' in reply) || reply.failed !== 'busy' || performance.now() >= deadline) return reply;
        await pause(pauseMs);
      }
    },
    close() {
      writer.close();
      return Promise.resolve();
    },
  };
}

import { Worker } from 'node:worker_threads';
import { type LedgerTrouble, LedgerUnavailable } from '../../core/decisions/ledger.ts';
import type { GroupWriterSettings } from './group-writer.ts';
import type { GroupReply, Operation } from './operations.ts';
import { toWire } from './wire.ts';
import type { WriterGreeting } from './writer.ts';

/** Writes one group at a time. */
export interface Writer {
  /** Rejects with `LedgerUnavailable` when the thread has died: the group may or may not be durable. */
  write(operations: readonly Operation[]): Promise<GroupReply>;
  close(): Promise<void>;
}

/** Starts the writer and opens the ledger in it. Rejects with `LedgerUnavailable` when that cannot be. */
export async function startWriterThread(settings: GroupWriterSettings): Promise<Writer> {
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url), {
    workerData: settings,
    name: 'ledger-writer',
  });
  let answer: PromiseWithResolvers<unknown> | undefined = Promise.withResolvers();
  let death: LedgerUnavailable | undefined;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      death ??= new LedgerUnavailable('writer_failed', `the ledger's writer thread ended with code ${code}`);
      answer?.reject(death);
      resolve();
    });
  });
  worker.on('error', (error) => {
    death = new LedgerUnavailable('writer_failed', "the ledger's writer thread failed", { cause: error });
  });
  worker.on('message', (message: unknown) => answer?.resolve(message));

  const greeting = (await answer.promise) as WriterGreeting;
  answer = undefined;
  if ('failed' in greeting) {
    await exited;
    throw new LedgerUnavailable(greeting.failed as LedgerTrouble, greeting.message);
  }
  return {
    async write(operations) {
      if (death !== undefined) throw death;
      answer = Promise.withResolvers();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(operations.map(toWire));
      const reply = (await answer.promise) as GroupReply;
      answer = undefined;
      return reply;
    },
    async close() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      if (death === undefined) worker.postMessage('close');
      await exited;
    },
  };
}

import { Worker } from 'node:worker_threads';
import type { MaintenanceSettings, RoomReport } from './maintenance.ts';

/**
 * How soon maintenance starts, so that a process which lives for a moment does without the thread, and how soon it
 * starts again if the thread should die.
 */
const START_MS = 1_000;

/** Keeps a maintenance thread running until closed; `onRoom` is told the free bytes on the disk now and then. */
export function startMaintenanceThread(
  settings: MaintenanceSettings,
  onRoom: (freeBytes: number) => void,
): { close(): Promise<void> } {
  let worker: Worker | undefined;
  let isClosed = false;
  let exited = Promise.resolve();
  let timer = setTimeout(start, START_MS);
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker?.postMessage('close');
      await exited;
    },
  };

  function start(): void {
    const started = new Worker(
      new URL(import.meta.url.endsWith('.ts') ? './maintenance.ts' : './maintenance.js', import.meta.url),
      { workerData: settings, name: 'ledger-maintenance' },
    );
    worker = started;
    started.on('message', (report: RoomReport) => onRoom(report.freeBytes));
    // Told by the exit that follows; without a listener it would end the process.
    started.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    exited = promise;
    started.once('exit', () => {
      worker = undefined;
      resolve();
      if (!isClosed) timer = setTimeout(start, START_MS);
    });
  }
}

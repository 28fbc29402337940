import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type Durability, openForWriting } from './database.ts';
import { checkpoint, deleteExpired, type Retention } from './maintain.ts';

/**
 * The maintenance thread: copies the write-ahead log into the file, deletes what is past its time and looks at the room
 * on the disk, all away from the path of a call. Trouble with the file is the writer's to report; here it only means to
 * try again later. Ends when told anything.
 */

export interface MaintenanceSettings {
  readonly path: string;
  readonly durability: Durability;
  readonly retention: Retention;
  /** Nothing is deleted before, so that a machine which starts with a wrong clock has time to set it. */
  readonly firstDeletionAfterMs: number;
}

export interface RoomReport {
  readonly freeBytes: number;
}

/** While the log grows it is looked at this often: at 100 MB/s it gets 5 MB longer in between, 25 MB before the first. */
const BUSY_PAUSE_MS = 50;
const IDLE_PAUSE_MS = 250;
/** Between two steps of deletion, so that writers are let in; and when nothing was left to delete. */
const STEP_PAUSE_MS = 10;
const DELETION_PAUSE_MS = 10_000;
const ROOM_PAUSE_MS = 1_000;

const port = parentPort;
if (port === null) throw new Error('ledger maintenance runs in a worker thread');

const settings = workerData as MaintenanceSettings;
let db: DatabaseSync | undefined;
let frames = 0;
let nextDeletionAt = performance.now() + settings.firstDeletionAfterMs;
let nextRoomAt = 0;
let timer = setTimeout(step, 0);

port.once('message', () => {
  clearTimeout(timer);
  db?.close();
  port.close();
});

function step(): void {
  timer = setTimeout(step, maintain());
}

/** One round; gives the milliseconds until the next. */
function maintain(): number {
  const now = performance.now();
  if (now >= nextRoomAt) {
    nextRoomAt = now + ROOM_PAUSE_MS;
    reportRoom();
  }
  try {
    db ??= open();
    const framesBefore = frames;
    frames = checkpoint(db);
    if (now >= nextDeletionAt) {
      if (deleteExpired(db, settings.retention).more) return STEP_PAUSE_MS;
      nextDeletionAt = now + DELETION_PAUSE_MS;
    }
    return frames === framesBefore ? IDLE_PAUSE_MS : BUSY_PAUSE_MS;
  } catch {
    try {
      db?.close();
    } catch {
      // As above: what is wrong with the file, the writer reports.
    }
    db = undefined;
    return ROOM_PAUSE_MS;
  }
}

function open(): DatabaseSync {
  const opened = openForWriting(settings.path, { create: false, durability: settings.durability });
  // Deleting and winding back give way to the writers of calls rather than waiting in their way.
  opened.exec('PRAGMA busy_timeout = 100');
  return opened;
}

function reportRoom(): void {
  try {
    const { bavail, bsize } = statfsSync(dirname(settings.path));
    port?.postMessage({ freeBytes: bavail * bsize } satisfies RoomReport);
  } catch {
    // A folder that is gone has no room to report; the writer finds the file gone.
  }
}

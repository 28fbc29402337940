import { describe, expect, test } from 'vitest';
import { LedgerUnavailable } from '../../core/decisions/ledger.ts';
import { GroupCommit, type GroupCommitSettings } from './group-commit.ts';
import type { GroupReply, LabelOperation, Operation } from './operations.ts';
import type { Writer } from './writer-thread.ts';

describe('group commit', () => {
  test('what comes while a group is written goes together, in order, as the next', async () => {
    const { commit, writer } = aCommit();
    const first = commit.submit(operation('a'));
    await writer.begun(1);
    const next = [commit.submit(operation('b')), commit.submit(operation('c'))];
    commit.keep(operation('d'));
    writer.answer();
    await first;
    await writer.begun(2);
    writer.answer();
    await Promise.all(next);
    expect(writer.groups).toEqual([['a'], ['b', 'c', 'd']]);
  });

  test('what comes in one turn of the event loop goes together', async () => {
    const { commit, writer } = aCommit({ isAutomatic: true });
    await Promise.all(['a', 'b', 'c'].map((name) => commit.submit(operation(name))));
    expect(writer.groups).toEqual([['a', 'b', 'c']]);
  });

  test('each operation gets its own reply', async () => {
    const { commit, writer } = aCommit();
    const replies = [commit.submit(operation('a')), commit.submit(operation('b'))];
    await writer.begun(1);
    writer.answer({ replies: [['x', 1], null] });
    expect(await Promise.all(replies)).toEqual([['x', 1], null]);
  });

  test('a group has a largest size', async () => {
    const { commit, writer } = aCommit({ isAutomatic: true, groupMax: 2 });
    await Promise.all(['a', 'b', 'c'].map((name) => commit.submit(operation(name))));
    expect(writer.groups).toEqual([['a', 'b'], ['c']]);
  });

  test('no more than so many may wait', async () => {
    const { commit } = aCommit({ waitingMax: 2 });
    void commit.submit(operation('a'));
    void commit.submit(operation('b'));
    await expect(commit.submit(operation('c'))).rejects.toMatchObject({ trouble: 'overloaded' });
  });

  test('what nobody waits for is written soon all the same', async () => {
    const { commit, writer } = aCommit({ isAutomatic: true });
    commit.keep(operation('a'));
    await writer.begun(1);
    expect(writer.groups).toEqual([['a']]);
  });

  test('a group that cannot be written is refused to those who wait, and what must be written is tried again', async () => {
    const { commit, writer } = aCommit();
    commit.keep(operation('kept'));
    const refused = commit.submit(operation('a'));
    await writer.begun(1);
    writer.answer({ failed: 'disk_full', message: 'no room' });
    await expect(refused).rejects.toMatchObject({ trouble: 'disk_full', message: 'no room' });
    expect(commit.trouble).toMatchObject({ trouble: 'disk_full' });
    await writer.begun(2);
    expect(writer.groups).toEqual([['kept', 'a'], ['kept']]);
  });

  test('what is tried again goes before what came later', async () => {
    const { commit, writer } = aCommit({ retryMs: 60_000 });
    commit.keep(operation('kept'));
    const refused = commit.submit(operation('a'));
    await writer.begun(1);
    commit.keep(operation('kept later'));
    writer.answer({ failed: 'io', message: 'no' });
    await expect(refused).rejects.toMatchObject({ trouble: 'io' });
    const next = commit.submit(operation('b'));
    await writer.begun(2);
    writer.answer();
    await next;
    expect(writer.groups[1]).toEqual(['kept', 'kept later', 'b']);
    expect(commit.trouble).toBeUndefined();
  });

  test('a flush resolves when all before it is durable', async () => {
    const { commit, writer } = aCommit();
    commit.keep(operation('a'));
    const flushed = commit.flush();
    await writer.begun(1);
    expect(writer.groups).toEqual([['a', 'flush']]);
    writer.answer();
    await flushed;
  });

  test('a flush rejects when what came before it cannot be written now', async () => {
    const { commit, writer } = aCommit({ groupMax: 1, retryMs: 60_000 });
    commit.keep(operation('a'));
    const flushed = commit.flush();
    await writer.begun(1);
    writer.answer({ failed: 'busy', message: 'locked' });
    await expect(flushed).rejects.toMatchObject({ trouble: 'busy' });
  });

  test('a writer that died is started again for the next group, and what it had in hand is refused', async () => {
    const { commit, writer } = aCommit();
    const lost = commit.submit(operation('a'));
    await writer.begun(1);
    writer.die();
    await expect(lost).rejects.toMatchObject({ trouble: 'writer_failed' });
    const next = commit.submit(operation('b'));
    await writer.begun(2);
    writer.answer();
    await next;
    expect(writer.starts).toBe(1);
  });

  test('closing writes all that was given, and refuses what comes then', async () => {
    const { commit, writer } = aCommit({ isAutomatic: true });
    commit.keep(operation('a'));
    await commit.close();
    expect(writer.groups).toEqual([['a', 'flush']]);
    expect(writer.isClosed).toBe(true);
    await expect(commit.submit(operation('b'))).rejects.toMatchObject({ trouble: 'closed' });
    commit.keep(operation('c'));
    await commit.close();
    expect(writer.groups).toHaveLength(1);
  });

  test('closing lets go of the writer also when it could not write', async () => {
    const { commit, writer } = aCommit();
    commit.keep(operation('a'));
    const closed = commit.close();
    await writer.begun(1);
    writer.answer({ failed: 'gone', message: 'deleted' });
    await expect(closed).rejects.toMatchObject({ trouble: 'gone' });
    expect(writer.isClosed).toBe(true);
  });
});

function operation(name: string): LabelOperation {
  return { kind: 'label', lineage: name, labels: [], expiresAt: 0 };
}

function aCommit(settings: Partial<GroupCommitSettings> & { isAutomatic?: boolean } = {}) {
  const writer = new HandWriter(settings.isAutomatic ?? false);
  const commit = new GroupCommit(
    { lingerMs: 1, waitingMax: 100, groupMax: 100, retryMs: 1, ...settings, startWriter: () => writer.start() },
    writer,
  );
  return { commit, writer };
}

/** A writer that answers when the test says so. */
class HandWriter implements Writer {
  readonly groups: string[][] = [];
  starts = 0;
  isClosed = false;
  readonly #isAutomatic: boolean;
  #inHand: { resolve: (reply: GroupReply) => void; reject: (error: Error) => void } | undefined;
  #awaited: { count: number; resolve: () => void } | undefined;

  constructor(isAutomatic: boolean) {
    this.#isAutomatic = isAutomatic;
  }

  async write(operations: readonly Operation[]): Promise<GroupReply> {
    this.groups.push(operations.map((each) => (each.kind === 'label' ? each.lineage : each.kind)));
    if (this.#awaited !== undefined && this.groups.length >= this.#awaited.count) this.#awaited.resolve();
    if (this.#isAutomatic) return await Promise.resolve({ replies: operations.map(() => null) });
    const { promise, resolve, reject } = Promise.withResolvers<GroupReply>();
    this.#inHand = { resolve, reject };
    return await promise;
  }

  answer(reply: GroupReply = { replies: [] }): void {
    this.#inHand?.resolve(reply);
  }

  die(): void {
    this.#inHand?.reject(new LedgerUnavailable('writer_failed', 'dead'));
  }

  async start(): Promise<Writer> {
    this.starts += 1;
    return await Promise.resolve(this);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.isClosed = true;
  }

  /** Resolves when so many groups have been handed over. */
  async begun(count: number): Promise<void> {
    if (this.groups.length >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { count, resolve };
    await promise;
  }
}

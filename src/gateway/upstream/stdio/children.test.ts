import { describe, expect, test, vi } from 'vitest';
import { err, ok } from '../../../core/result.ts';
import { type Child, StdioChildren } from './children.ts';

/** A child that ends when it is closed; what is tested is the counting. */
function child(): Child {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    ended: promise,
    close: async () => {
      resolve();
      await promise;
    },
  };
}

const open = async (children: StdioChildren, grant?: string) => await children.open(grant, async () => ok(child()));

describe('children', () => {
  test('are refused beyond the limit of the gateway, shared ones included', async () => {
    const children = new StdioChildren({ perGateway: 3, perGrant: 3 });
    for (const grant of ['a', 'b', undefined]) expect((await open(children, grant)).ok).toBe(true);
    expect(await open(children, 'c')).toMatchObject({ ok: false, error: { kind: 'too_many_children' } });
  });

  test('are refused beyond the limit of a grant, and others are not', async () => {
    const children = new StdioChildren({ perGateway: 9, perGrant: 1 });
    expect((await open(children, 'a')).ok).toBe(true);
    expect(await open(children, 'a')).toMatchObject({ ok: false, error: { kind: 'too_many_children' } });
    expect((await open(children, 'b')).ok).toBe(true);
  });

  test('count from before their start, so that starts at once cannot pass the limit', async () => {
    const children = new StdioChildren({ perGateway: 9, perGrant: 2 });
    const results = await Promise.all([1, 2, 3, 4].map(() => open(children, 'a')));
    expect(results.filter((result) => result.ok)).toHaveLength(2);
  });

  test('give their place back when they end, when they cannot start, and when the start throws', async () => {
    const children = new StdioChildren({ perGateway: 1, perGrant: 1 });
    const first = await open(children, 'a');
    if (!first.ok) throw new Error('not opened');
    await first.value.close();
    await vi.waitFor(() => expect(children.count).toBe(0));
    await children.open('a', async () => err({ kind: 'spawn_failed', message: '' }));
    await vi.waitFor(() => expect(children.count).toBe(0));
    await expect(children.open('a', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    await vi.waitFor(() => expect(children.count).toBe(0));
    expect((await open(children, 'a')).ok).toBe(true);
  });

  test('are all closed at the end, also one that is just being started', async () => {
    const children = new StdioChildren();
    await open(children, 'a');
    const slow = Promise.withResolvers<void>();
    const late = children.open('b', async () => {
      await slow.promise;
      return ok(child());
    });
    const closed = children.closeAll();
    slow.resolve();
    const started = await late;
    await closed;
    expect(started.ok && (await started.value.ended)).toBe(undefined);
    expect((await open(children)).ok).toBe(false);
    await vi.waitFor(() => expect(children.count).toBe(0));
  });
});

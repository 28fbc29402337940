import { expect } from 'vitest';
import type { Json } from './raw-http.ts';

/** Equal as JSON text, members in their order; compared as values first, so that a difference can be read. */
export function expectSame(actual: Json, expected: Json): void {
  expect(actual).toEqual(expected);
  expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
}

/** The gateway does not carry tasks yet, and so does not promise them. */
export function withoutTasks(opened: Json): Json {
  const { tasks: _tasks, ...capabilities } = opened.capabilities;
  return { ...opened, capabilities };
}

/** How long an answer may be kept is the gateway's to say. */
export function notCached(result: Json): Json {
  const { ttlMs: _ttl, cacheScope: _scope, ...rest } = result;
  return rest;
}

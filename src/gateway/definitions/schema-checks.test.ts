import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../core/mcp/json/value.ts';
import { SchemaChecks } from './schema-checks.ts';

const schema = (text: string): JsonValue => JSON.parse(text);
const names = new Set<string>();

describe('schema checks', () => {
  test('check arguments, and say why when they cannot', async () => {
    const checks = new SchemaChecks();
    const good = await checks.compileSchema(schema('{"type":"object","required":["q"]}'));
    expect(good.ok && good.check({ q: 1 }, 'declared', names)).toEqual({ ok: true });
    expect(good.ok && good.check({}, 'declared', names)).toEqual({
      ok: false,
      reason: 'args must have the property "q" (required)',
    });
    expect(await checks.compileSchema(schema('{"pattern":"("}'))).toEqual({
      ok: false,
      reason: '#/pattern is not a regular expression',
    });
    expect(await checks.compileSchema(undefined)).toEqual({ ok: false, reason: 'the definition has no input schema' });
  });

  test('are compiled once for schemas that mean the same, also at the same time', async () => {
    const checks = new SchemaChecks();
    const outcomes = await Promise.all([
      checks.compileSchema(schema('{"type":"object","minProperties":1}')),
      checks.compileSchema(schema('{"minProperties":1.0, "type":"object"}')),
    ]);
    expect(outcomes[0]).toBe(outcomes[1]);
    expect(await checks.compileSchema(schema('{"minProperties":1,"type":"object"}'))).toBe(outcomes[0]);
    expect(await checks.compileSchema(schema('{"minProperties":2,"type":"object"}'))).not.toBe(outcomes[0]);
  });

  test('leave room for other work between one schema and the next', async () => {
    const checks = new SchemaChecks();
    const order: string[] = [];
    const compile = async (count: number) => {
      await checks.compileSchema(schema(`{"minProperties":${count}}`));
      order.push(`schema ${count}`);
    };
    const all = Promise.all([1, 2, 3].map(compile));
    setImmediate(() => order.push('other work'));
    await all;
    expect(order.indexOf('other work')).toBeLessThan(order.indexOf('schema 3'));
  });

  test('are forgotten beyond a total length, those first that were not asked for longest, and compiled again', async () => {
    const checks = new SchemaChecks(undefined, 100);
    const of = (name: string) => schema(`{"required":["${name.repeat(30)}"]}`);
    const a = await checks.compileSchema(of('a'));
    const b = await checks.compileSchema(of('b'));
    expect(await checks.compileSchema(of('a'))).toBe(a);
    await checks.compileSchema(of('c'));
    expect(checks.keptCharacters).toBeLessThanOrEqual(100);
    expect(await checks.compileSchema(of('a'))).toBe(a);
    expect(await checks.compileSchema(of('b'))).not.toBe(b);
    // Whoever holds a check goes on using it.
    expect(b.ok && b.check({}, 'declared', names)).toMatchObject({ ok: false });
  });

  test('that are longer than all the room are compiled all the same', async () => {
    const checks = new SchemaChecks(undefined, 10);
    expect((await checks.compileSchema(schema('{"description":"longer than ten"}'))).ok).toBe(true);
  });
});

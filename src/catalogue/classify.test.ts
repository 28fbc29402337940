import { expect, test } from 'vitest';
import { classifyLine, classifyLines } from './classify.ts';

async function all(lines: readonly string[]) {
  const results = [];
  for await (const result of classifyLines(lines)) results.push(result);
  return results;
}

test('one record a line, in the order of the lines, blank lines skipped', async () => {
  const results = await all([
    '{"server":"shop","name":"delete_order","description":"Deletes an order."}',
    '',
    '{"server":{"name":"shop"},"tool":"list_orders","description":"Lists orders."}',
  ]);
  expect(results.map((result) => result.ok && [result.value.server, result.value.name, result.value.category])).toEqual(
    [
      ['shop', 'delete_order', 'Destructive'],
      ['shop', 'list_orders', 'Read'],
    ],
  );
});

test.each([
  ['not json', /expected one JSON object a line/],
  ['[1]', /expected a JSON object/],
  ['{"description":"x"}', /expected a string member "name"/],
  ['{"name":7}', /expected a string member "name"/],
])('%s is named with its line and what was expected', (text, reason) => {
  const result = classifyLine(text, 3);
  expect(result).toMatchObject({ ok: false, error: { line: 3 } });
  expect(!result.ok && result.error.reason).toMatch(reason);
});

test('members of the wrong type count as absent', () => {
  const result = classifyLine('{"name":"get_page","description":7,"annotations":"x","inputSchema":[],"server":7}', 1);
  expect(result).toMatchObject({ ok: true, value: { category: 'Read' } });
});

test('an error does not stop the lines after it', async () => {
  const results = await all(['{', '{"name":"get_page"}']);
  expect(results.map((result) => result.ok)).toEqual([false, true]);
});

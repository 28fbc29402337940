import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requirements } from './requirements.ts';

test('every requirement is cited by a test', () => {
  const cited = new Set(
    testFiles('test').flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bverifies\(\s*'([^']+)'/g)].map(([, id]) => id),
    ),
  );
  const ids = Object.keys(requirements);
  expect(ids.filter((id) => !cited.has(id))).toEqual([]);
  expect([...cited].filter((id) => !ids.includes(id ?? ''))).toEqual([]);
});

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

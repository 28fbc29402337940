import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Import directions, read from the source. Each folder names what it may import of ours; the longest matching folder
 * decides. Nothing here is derived from a lint rule, so neither can be weakened silently.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'core/mcp': ['core/result', 'core/mcp'],
  'core/limits': ['core/result', 'core/limits', 'core/mcp'],
  'core/identity': ['core/result', 'core/identity', 'core/mcp'],
  'core/risk': ['core/result', 'core/risk', 'core/mcp'],
  'core/policy': ['core/result', 'core/policy', 'core/mcp', 'core/limits', 'core/identity'],
  'core/organisation': ['core/result', 'core/organisation', 'core/identity', 'core/policy', 'core/mcp'],
  'core/decisions': ['core/result', 'core/decisions', 'core/limits', 'core/policy'],
  'core/approvals': ['core/result', 'core/approvals', 'core/policy', 'core/identity', 'core/mcp'],
  stores: ['stores', 'core', 'telemetry'],
  gateway: ['gateway', 'core', 'telemetry'],
  control: ['control', 'core', 'telemetry'],
  catalogue: ['catalogue', 'core/result', 'core/risk', 'core/mcp', 'telemetry'],
  site: ['site', 'core/result', 'core/risk', 'core/mcp'],
  dashboard: ['dashboard', 'control/contracts', 'core'],
  cli: ['cli', 'config', 'core', 'control/contracts', 'main'],
  config: ['config', 'core'],
  telemetry: ['telemetry'],
  main: ['main', 'core', 'stores', 'gateway', 'control', 'catalogue', 'site', 'dashboard', 'config', 'telemetry'],
};

/** Pure packages: no I/O of their own. */
const corePackages = ['zod', 're2js', 'yaml', 'ipaddr.js', '@modelcontextprotocol/core'];

/** The runtime dependencies of the repository; a folder outside core may use any of them. */
const packages = Object.keys(
  (JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }).dependencies,
);

const src = 'src';

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function specifiersOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const matches = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
  );
  return [...matches].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function folderOf(path: string): string {
  const parts = relative(src, path).split('/');
  const twoLevels = parts.slice(0, 2).join('/');
  return parts[0] === 'core' ? twoLevels : (parts[0] ?? '');
}

const files = [...sourceFiles(src)].filter((path) => !path.endsWith('.test.ts'));

describe('import directions', () => {
  test('every top-level folder has a rule', () => {
    const folders = new Set(files.filter((path) => path !== 'src/core/result.ts').map(folderOf));
    expect([...folders].filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  test.each(files)('%s imports only what its folder may', (path) => {
    if (path === 'src/core/result.ts') return expect(specifiersOf(path)).toEqual([]);
    const folder = folderOf(path);
    const allowed = mayImport[folder] ?? [];
    const wrong = specifiersOf(path).filter((specifier) => {
      if (specifier.startsWith('.')) {
        const target = relative(src, normalize(join(dirname(path), specifier))).replace(/\.tsx?$/, '');
        return !allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`));
      }
      if (folder.startsWith('core/'))
        return !corePackages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
      if (specifier.startsWith('node:')) return folder === 'dashboard';
      return !packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    });
    expect(wrong).toEqual([]);
  });

  test.each(files)('%s imports files that exist, with their extension', (path) => {
    const missing = specifiersOf(path)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) => !existsSync(join(dirname(path), specifier)));
    expect(missing).toEqual([]);
  });

  test.each(files.filter((path) => path.startsWith('src/core/')))(
    '%s is pure: no clock, no random, no environment',
    (path) => {
      // Comments may speak of them; code may not. Instants and random bytes come in as arguments.
      const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
      expect(
        code.match(
          /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bprocess\.|\bcrypto\.|\bfetch\(|\bsetTimeout\(/g,
        ) ?? [],
      ).toEqual([]);
    },
  );

  test('process.env is read in config/ alone', () => {
    const readers = files.filter((path) =>
      /\bprocess\.env\b|\benv\b[^;]*from 'node:process'/.test(readFileSync(path, 'utf8')),
    );
    expect(readers.filter((path) => !path.startsWith('src/config/'))).toEqual([]);
  });
});

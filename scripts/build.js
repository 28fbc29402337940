// Compiles src/ into dist/ when a source is newer than the last build; a fresh build costs nothing but the walk.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const src = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

// Files that are read at run time as they are.
const isAsset = (name) => /\.(json|sql|css|svg|html|txt|yaml|woff2)$/.test(name) || name.endsWith('.client.js');

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

const sources = [...walk(src)].filter((path) => !path.endsWith('.test.ts'));
const inputs = [...sources, join(root, 'tsconfig.json'), join(root, 'package.json'), fileURLToPath(import.meta.url)];
const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
const isStale = process.argv.includes('--force') || inputs.some((path) => statSync(path).mtimeMs > builtAt);
if (isStale) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.json')], {
    stdio: ['ignore', 2, 2],
    cwd: root,
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  // A source that was removed or renamed must not live on as compiled code.
  const wanted = new Set();
  for (const path of sources) {
    const target = join(dist, relative(src, path));
    if (isAsset(path)) {
      mkdirSync(dirname(target), { recursive: true });
      cpSync(path, target);
      wanted.add(target);
    } else {
      wanted.add(target.replace(/\.tsx?$/, '.js'));
      wanted.add(target.replace(/\.tsx?$/, '.js.map'));
    }
  }
  for (const path of walk(dist)) {
    if (!wanted.has(path) && !path.startsWith(join(dist, '.')) && !path.startsWith(join(dist, 'dashboard')))
      rmSync(path);
  }
  writeFileSync(stamp, '');
}

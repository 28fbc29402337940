// `npm run bench [-- <name>]`: one measurement a file; without a name, the gateway's table.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const [name = 'gateway', ...rest] = process.argv.slice(2);
if (names.includes(name)) {
  process.argv.splice(2, process.argv.length, ...rest);
  await import(join(folder, `${name}.ts`));
} else {
  console.error(`no measurement ${name}; there are: ${names.join(', ')}`);
  process.exitCode = 2;
}

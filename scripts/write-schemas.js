// Writes the published JSON Schemas and reference pages from the code that reads the documents. Run after a build: npm run schemas.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsPage } from '../dist/config/settings-page.js';
import { policyJsonSchema } from '../dist/core/policy/json-schema.js';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'schemas');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'policy.schema.json'), `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
writeFileSync(join(dirname(folder), 'docs', 'settings.md'), settingsPage());

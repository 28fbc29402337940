/**
 * Runs the official JSON Schema test suite (github.com/json-schema-org/JSON-Schema-Test-Suite, not part of this
 * repository): `node test/json-schema-suite.ts <folder of the suite>`. Lists failures; exits with 1 when there are any.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readJsonText } from '../src/core/mcp/json/read.ts';
import type { JsonObject, JsonValue } from '../src/core/mcp/json/value.ts';
import { compileSchema } from '../src/core/mcp/schema/compile.ts';
import { applyBelow } from '../src/core/mcp/schema/location.ts';
import { Run } from '../src/core/mcp/schema/run.ts';

interface Group {
  readonly description: string;
  readonly schema: JsonValue;
  readonly tests: readonly { readonly description: string; readonly data: JsonValue; readonly valid: boolean }[];
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node test/json-schema-suite.ts <folder of the suite>');
  process.exit(2);
}
const dialects = {
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

for (const [draft, uri] of Object.entries(dialects)) {
  const count = { passed: 0, failed: 0, unsupported: 0 };
  for (const file of readdirSync(`${folder}/tests/${draft}`).filter((name) => name.endsWith('.json'))) {
    for (const group of groupsOf(`${folder}/tests/${draft}/${file}`)) {
      const compiled = compileSchema(declared(group.schema, uri));
      if (!compiled.ok) {
        count.unsupported += group.tests.length;
        console.log(`unsupported: ${draft} ${file}: ${group.description}: ${compiled.error}`);
        continue;
      }
      for (const { description, data, valid } of group.tests) {
        const run = new Run(compiled.value.limits, compiled.value.collects);
        if (applyBelow(compiled.value.root, data, run) === valid && run.halted === undefined) count.passed += 1;
        else {
          count.failed += 1;
          process.exitCode = 1;
          console.log(`FAILED: ${draft} ${file}: ${group.description}: ${description}: ${run.rule}`);
        }
      }
    }
  }
  console.log(`${draft}: ${count.passed} passed, ${count.failed} failed, ${count.unsupported} unsupported`);
}

function groupsOf(file: string): readonly Group[] {
  const read = readJsonText(readFileSync(file, 'utf8'), { bytes: 1e8, depth: 900, nodes: 1e7 });
  if (!read.ok) throw new Error(`${file}: ${read.error.text}`);
  // The suite's own form, fixed by its README.
  return read.value as unknown as readonly Group[];
}

function declared(schema: JsonValue, uri: string): JsonValue {
  return typeof schema === 'boolean' ? schema : { $schema: uri, ...(schema as JsonObject) };
}

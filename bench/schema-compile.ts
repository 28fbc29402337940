/**
 * Compiles the input schemas of real servers and checks arguments made for them; Ajv beside it, for scale.
 * `node bench/schema-compile.ts [folder of captured servers]`. Medians over rounds; compare ratios, not milliseconds.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject, JsonValue } from '../src/core/mcp/json/value.ts';
import { type CheckMode, checkArguments } from '../src/core/mcp/schema/check.ts';
import { compileSchema } from '../src/core/mcp/schema/compile.ts';

const folder = process.argv[2] ?? '../shared/data/dev/npm_servers';
if (!existsSync(folder)) {
  console.error(`no folder ${folder}: give one with captured servers (JSON files with "tools")`);
  process.exit(3);
}
const tools = readdirSync(folder).flatMap((file) => {
  const server = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as {
    tools?: { name: string; inputSchema: JsonObject }[];
  };
  return (server.tools ?? []).map(({ name, inputSchema }) => ({
    name: `${file} ${name}`,
    schema: inputSchema,
    args: sample(inputSchema, 0) as JsonObject,
  }));
});
const ajvOptions = {
  strict: false,
  validateFormats: false,
  ownProperties: true,
  logger: false,
  addUsedSchema: false,
} as const;

const ownTimes: number[] = [];
const compiled = tools.flatMap(({ name, schema, args }) => {
  const start = performance.now();
  const result = compileSchema(schema);
  ownTimes.push(performance.now() - start);
  if (!result.ok) console.log(`unsupported: ${name}: ${result.error}`);
  return result.ok ? [{ schema: result.value, args }] : [];
});
console.log(`compiled ${compiled.length} of ${tools.length} schemas`);
report('compile', ownTimes);

const engines = { draft07: new Ajv(ajvOptions), draft2020: new Ajv2020(ajvOptions) };
const ajvTimes: number[] = [];
const ajvCompiled = tools.flatMap(({ schema, args }) => {
  const engine = schema['$schema'] === 'http://json-schema.org/draft-07/schema#' ? engines.draft07 : engines.draft2020;
  const start = performance.now();
  try {
    const validate = engine.compile(schema);
    ajvTimes.push(performance.now() - start);
    return [{ validate, args }];
  } catch {
    return [];
  }
});
console.log(`Ajv compiled ${ajvCompiled.length}`);
report('compile, Ajv', ajvTimes);

const none = new Set<string>();
const checkAll = (mode: CheckMode) => () => {
  for (const { schema, args } of compiled) checkArguments(schema, args, mode, none);
};
perCall({
  'check, declared': checkAll('declared'),
  'check, strict': checkAll('strict'),
  'check, Ajv': () => {
    for (const { validate, args } of ajvCompiled) validate(args);
  },
});

// What the bound on work is for: each level doubles the work of a check of `{}`.
for (const levels of [17, 20, 23, 25]) {
  const schema = doubling(levels);
  const own = compileSchema(schema);
  const validate = new Ajv2020({ ...ajvOptions, inlineRefs: false }).compile(schema as JsonObject);
  const ownMs = time(() => own.ok && checkArguments(own.value, {}, 'declared', none));
  console.log(
    `a hostile schema of ${levels + 1} definitions: ${ownMs.toFixed(0)} ms, Ajv ${time(() => validate({})).toFixed(0)} ms`,
  );
}

function perCall(arms: Record<string, () => void>): void {
  const rounds = new Map(Object.keys(arms).map((name) => [name, [] as number[]]));
  for (let round = 0; round < 31; round += 1) {
    for (const [name, run] of Object.entries(arms)) rounds.get(name)?.push((time(run) * 1000) / tools.length);
  }
  for (const [name, times] of rounds) console.log(`${name}: median ${quantile(times, 0.5).toFixed(2)} µs a call`);
}

function report(name: string, times: number[]): void {
  const us = times.map((ms) => ms * 1000);
  const [median, p99, max] = [0.5, 0.99, 1].map((part) => quantile(us, part).toFixed(0));
  console.log(`${name}: median ${median} µs, p99 ${p99} µs, longest ${max} µs`);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function doubling(levels: number): JsonValue {
  const definitions = Array.from({ length: levels }, (_, level) => {
    const next = { $ref: `#/$defs/p${level + 1}` };
    return [`p${level}`, { allOf: [next, next] }];
  });
  return { $ref: '#/$defs/p0', $defs: { ...Object.fromEntries(definitions), [`p${levels}`]: { type: 'object' } } };
}

/** Something like what the schema asks for. */
function sample(schema: any, depth: number): JsonValue {
  if (typeof schema !== 'object' || depth > 6) return 'x';
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative !== undefined) return sample(alternative, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'array') return [sample(schema.items ?? {}, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (schema.properties === undefined) return 'x';
  return Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, sample(value, depth + 1)]));
}

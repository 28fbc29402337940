import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../src/core/mcp/json/value.ts';
import { isJsonObject, toPlainJson } from '../../src/core/mcp/json/value.ts';
import { type CompiledPolicy, compilePolicy } from '../../src/core/policy/compile.ts';
import { parsePolicy } from '../../src/core/policy/parse-policy.ts';
import type { PolicyRequest, SchemaCheck } from '../../src/core/policy/request.ts';
import { readPolicyText } from '../../src/core/policy/source/read-policy-text.ts';
import { loadPostgresqlParser } from '../../src/main/postgresql-parser.ts';

/**
 * A file of policy cases: a document, what calls have in common, and calls with the decision that is wanted.
 * It is read by the policy reader, so that numbers keep their source text.
 */
const json = z.custom<JsonValue>(() => true);
const object = z.custom<JsonObject>(isJsonObject);
const facts = {
  /** Arguments; for a method, its params. */
  args: object.optional(),
  /** How the definition stands; a tool is accepted unless said otherwise. */
  definition: z.enum(['accepted', 'changed', 'held', 'unknown', 'none']).optional(),
  /** The tool's input schema; without one every argument is declared. `null`: a schema that cannot be compiled. */
  schema: object.nullable().optional(),
  class: z
    .strictObject({ category: z.string(), severity: z.string().optional(), confidence: z.number().optional() })
    .optional(),
  grant: z
    .strictObject({
      key: z.string().optional(),
      label: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  client: z.string().optional(),
  session: z.string().optional(),
  /** Flow labels on the grant, with the time until which they last. */
  labels: z.record(z.string(), z.iso.datetime()).optional(),
  now: z.iso.datetime().optional(),
};
const wanted = z.strictObject({
  effect: z.enum(['allow', 'deny', 'hide', 'hold', 'error']),
  rule: z.string().optional(),
  at: z.string().optional(),
  code: z.string().optional(),
  /** A part of the reason. */
  reason: z.string().optional(),
  /** For each counter that is taken: rule, amount, max. */
  takes: z
    .array(
      z.strictObject({
        rule: z.string(),
        counter: z.string(),
        amount: json,
        max: json,
        from: z.string().optional(),
        to: z.string().optional(),
      }),
    )
    .optional(),
  adds: z.array(z.string()).optional(),
  blocked_by: z.array(z.string()).optional(),
  record: z.literal('values').optional(),
  approval: z.record(z.string(), json).optional(),
  /** Whether the tool is in the list that the client sees. */
  listed: z.boolean().optional(),
  /** In shadow mode: what would have been decided. */
  get shadow() {
    return wanted.optional();
  },
});
const caseFile = z.strictObject({
  about: z.string(),
  policy: object,
  given: z.strictObject(facts).optional(),
  cases: z.array(
    z.strictObject({
      case: z.string(),
      call: z.string().optional(),
      method: z.string().optional(),
      ...facts,
      want: wanted,
    }),
  ),
});

export type CaseFile = z.output<typeof caseFile>;
export type PolicyCase = CaseFile['cases'][number];
export type Wanted = z.output<typeof wanted>;

const operators = { sql: { postgresql: await loadPostgresqlParser() } };

export function readCaseFile(path: string): CaseFile {
  const reading = readPolicyText(readFileSync(path, 'utf8'), 'yaml');
  if (reading.problems.length > 0) throw new Error(`${path}: ${JSON.stringify(reading.problems)}`);
  return caseFile.parse(reading.source?.value);
}

export function policyOf(file: CaseFile): CompiledPolicy {
  const document = parsePolicy(JSON.stringify(file.policy), 'json');
  if (!document.ok) throw new Error(`${file.about}: ${JSON.stringify(document.error, undefined, 1)}`);
  const compiled = compilePolicy(document.value, {
    organisation: 'org',
    serverId: 'srv',
    policyName: 'case',
    version: 1,
    operators,
  });
  if (!compiled.ok) throw new Error(`${file.about}: ${JSON.stringify(compiled.error)}`);
  return compiled.value;
}

export function requestOf(file: CaseFile, policyCase: PolicyCase): PolicyRequest {
  const { call, method, ...rest } = policyCase;
  const given = { ...file.given, ...rest };
  const name = call ?? method ?? '';
  const state = given.definition ?? (call === undefined ? 'none' : 'accepted');
  return {
    kind: call === undefined ? 'method' : 'tool',
    name,
    arguments: given.args ?? {},
    definition: state === 'accepted' ? { state, check: checkAgainst(given.schema) } : { state },
    grant: {
      counterKey: given.grant?.key ?? 'grant-1',
      label: given.grant?.label ?? 'agent',
      labels: given.grant?.labels ?? {},
    },
    labels: new Map(Object.entries(given.labels ?? {}).map(([label, until]) => [label, Date.parse(until)])),
    now: Date.parse(given.now ?? '2027-03-01T12:34:56Z'),
    ...(given.class === undefined ? {} : { tool: factsOf(given.class) }),
    ...(given.client === undefined ? {} : { clientName: given.client }),
    ...(given.session === undefined ? {} : { session: given.session }),
  };
}

function factsOf(given: NonNullable<PolicyCase['class']>): NonNullable<PolicyRequest['tool']> {
  const { category, severity = 'Medium', confidence = 1 } = given;
  return { category, severity, confidence } as NonNullable<PolicyRequest['tool']>;
}

function checkAgainst(schema: JsonObject | null | undefined): SchemaCheck {
  if (schema === undefined) return () => ({ ok: true });
  if (schema === null)
    return () => ({
      ok: false,
      reason: 'the input schema cannot be compiled; see `validate_arguments: false`',
      unsupported: true,
    });
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const declared = new Set(Object.keys((schema['properties'] ?? {}) as object));
  return (args, mode, alsoDeclared) => {
    if (!validate(toPlainJson(args))) return { ok: false, reason: 'the arguments do not match the input schema' };
    const undeclared =
      mode === 'strict' && Object.keys(args).some((key) => !declared.has(key) && !alsoDeclared.has(key));
    return undeclared ? { ok: false, reason: 'an argument is not declared by the input schema' } : { ok: true };
  };
}

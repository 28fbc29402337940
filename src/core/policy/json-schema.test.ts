import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { policyJsonSchema } from './json-schema.ts';
import { parsePolicy } from './parse-policy.ts';

test('the committed schema is the one made from the code (npm run schemas writes it)', () => {
  expect(JSON.parse(readFileSync('schemas/policy.schema.json', 'utf8'))).toEqual(policyJsonSchema());
});

test.each([
  [true, '{"version":"1","default":"deny"}'],
  [true, '{"version":"1","default":"deny","tools":{"t":{"require":[{"path":"args.a.b[0]","op":"lte","value":1.5}]}}}'],
  [
    true,
    '{"version":"1","default":"deny","tools":{"t":{"deny_if":[{"conditions":[]}],"limits":[{"counter":"c","window":60,"max":1}]}}}',
  ],
  [false, '{"version":"1"}'],
  [false, '{"version":"1","default":"deny","tool":{}}'],
  [false, '{"version":"1","default":"deny","tools":{"t":{"require":[{"path":"amount","op":"lte","value":1}]}}}'],
  [false, '{"version":"1","default":"deny","tools":{"t":{"require":[{"path":"args.a","op":"lte","value":"1"}]}}}'],
  [false, '{"version":"1","default":"deny","tools":{"t":{"limits":[{"counter":"c","window":"year","max":1}]}}}'],
])('an editor and the gateway agree (%j): %s', (isValid, text) => {
  const validate = new Ajv2020({ strict: false }).compile(policyJsonSchema());
  expect(validate(JSON.parse(text))).toBe(isValid);
  expect(parsePolicy(text).ok).toBe(isValid);
});

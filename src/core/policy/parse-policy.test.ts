import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from './parse-policy.ts';

const told = (text: string, format?: 'json' | 'yaml') => {
  const result = parsePolicy(text, format);
  if (result.ok) return [];
  return result.error.map(
    ({ line, column, pointer, message, hint }) =>
      `${line}:${column} ${pointer} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
};
const rule = (text: string) =>
  told(`{"version":"1","default":"deny","tools":{"t":${text}}}`).map((line) => line.replace(/^\S+ \/tools\/t/, ''));

describe('a document that is right', () => {
  test('is the same in JSON and in YAML', () => {
    const json = parsePolicy(
      '{"version":"1","default":"deny","tools":{"create_refund":{"require":[{"path":"args.reason","op":"exists","value":true}],"limits":[{"counter":"refunds","window":"day","max":10}]}}}',
    );
    const yaml = parsePolicy(`
version: "1"
default: deny
tools:
  create_refund:
    require:
      - { path: args.reason, op: exists, value: true }
    limits:
      - { counter: refunds, window: day, max: 10 }
`);
    expect(json.ok).toBe(true);
    expect(yaml).toEqual(json);
  });

  test('keeps a number that no double can hold', () => {
    const result = parsePolicy(
      '{"version":"1","default":"deny","tools":{"t":{"require":[{"path":"args.n","op":"lte","value":9007199254740993}]}}}',
    );
    expect(JSON.stringify(result)).toContain('"value":9007199254740993');
  });
});

test('every problem is told at once, in the order of the text, with its place and a hint', () => {
  expect(
    told(`{
  "version": "2",
  "defalt": "deny",
  "tools": {
    "create_refund": {
      "require": [
        { "path": "args.amount", "op": "gtt", "value": 1 },
        { "conditions": [ { "path": "amount", "op": "gt", "value": "5" } ], "ondeny": "no" },
        { "path": "args.a", "op": "matches", "value": "(" }
      ],
      "limits": [ { "counter": "refunds", "window": "dai", "maxx": 10 } ],
      "limits": [ { "counter": "refunds", "window": "dai", "maxx": 10 } ]
    },
    "get_*": {}, "*_all": {}
  }
}`),
  ).toEqual([
    '1:1  `default` is missing.',
    '2:14 /version Expected `1`.',
    '3:3 /defalt Unknown key `defalt`; the keys here are `version`, `default`, `description`, `mode`, `hide`, `hide_denied`, `all_tools`, `classes`, `tools`, `methods`. (did you mean `default`?)',
    expect.stringMatching(
      /^7:40 \/tools\/create_refund\/require\/0\/op Unknown operator `gtt`; .* \(did you mean `gte?`\?\)$/,
    ),
    '8:37 /tools/create_refund/require/1/conditions/0/path A path begins with `args.`, or is a fact: `tool.name`, `tool.category`, `tool.severity`, `grant.label`, `grant.labels.…`, `client.name`, `time.hour`, `time.weekday`. (did you mean `args.amount`?)',
    '8:68 /tools/create_refund/require/1/conditions/0/value A number is expected.',
    '8:77 /tools/create_refund/require/1/ondeny Unknown key `ondeny`; the keys here are `conditions`, `on_deny`. (did you mean `on_deny`?)',
    '9:55 /tools/create_refund/require/2/value This is not a regular expression in RE2 syntax: missing closing ): `(`.',
    '12:7 /tools/create_refund/limits This key occurs twice in one object.',
    '12:19 /tools/create_refund/limits/0 `max` is missing.',
    '12:53 /tools/create_refund/limits/0/window Expected `minute` or `hour` or `day` or `week` or `month`. (did you mean `day`?)',
    '12:60 /tools/create_refund/limits/0/maxx Unknown key `maxx`; the keys here are `counter`, `window`, `max`, `scope`, `increment`, `increment_from`, `on_deny`, `algorithm`, `timezone`, `release_on_error`. (did you mean `max`?)',
    '14:18 /tools/*_all `*_all` and `get_*` are equally specific and both match `get_all`. (add a rule for `get_all` and its like, or make one more specific)',
  ]);
});

describe('what is wrong with a rule', () => {
  test.each([
    ['{"action":"alow"}', ['/action Expected `allow` or `deny` or `hide` or `approve`. (did you mean `allow`?)']],
    ['{"action":null}', ['/action Expected `allow` or `deny` or `hide` or `approve`.']],
    ['[]', [' Expected an object.']],
    ['{"require":{}}', ['/require Expected a list.']],
    ['{"require":[5]}', ['/require/0 A condition or `{ "conditions": [ … ] }` is expected.']],
    [
      '{"require":[{"condtions":[]}]}',
      [
        '/require/0 `conditions` is missing.',
        '/require/0/condtions Unknown key `condtions`; the keys here are `conditions`, `on_deny`. (did you mean `conditions`?)',
      ],
    ],
    ['{"require":[{"path":"args.x","value":1}]}', ['/require/0 `op` is missing.']],
    ['{"require":[{"path":"args.x","op":"eq"}]}', ['/require/0 `value` is missing.']],
    ['{"require":[{"path":"args.x","op":"lte"}]}', ['/require/0 `value` is missing.']],
    [
      '{"require":[{"path":"args.x","op":"eq","value":[1]}]}',
      ['/require/0/value A string, a number, true, false or null is expected.'],
    ],
    [
      '{"require":[{"path":"args.x","op":"in","value":"a"}]}',
      ['/require/0/value A list of strings, numbers, true or false is expected.'],
    ],
    [
      '{"require":[{"path":"args.x","op":"in","value":[null]}]}',
      ['/require/0/value/0 A string, a number, true or false is expected.'],
    ],
    ['{"require":[{"path":"args.x","op":"exists","value":"yes"}]}', ['/require/0/value Expected true or false.']],
    ['{"require":[{"path":"args.x","op":"length_lte","value":-1}]}', ['/require/0/value Expected at least 0.']],
    ['{"require":[{"path":"args.x","op":"length_lte","value":1.5}]}', ['/require/0/value Expected a whole number.']],
    [
      '{"require":[{"path":"args..x","op":"exists","value":true}]}',
      ['/require/0/path A path is written like `args.field`, `args.list[0].field`.'],
    ],
    [
      '{"require":[{"path":"args","op":"exists","value":true}]}',
      ['/require/0/path A path names an argument: `args.field`.'],
    ],
    [
      '{"require":[{"path":"tool.nam","op":"eq","value":"x"}]}',
      [expect.stringContaining('(did you mean `tool.name`?)')],
    ],
    [
      '{"require":[{"every":"args.xs","path":"args.x","op":"eq","value":1}]}',
      ['/require/0/path With `every` or `some`, a path begins with `item`.'],
    ],
    [
      '{"require":[{"every":"args.xs","some":"args.xs","path":"item","op":"eq","value":1}]}',
      ['/require/0/some A condition has `every` or `some`, not both.'],
    ],
    [
      '{"require":[{"path":"item.x","op":"eq","value":1}]}',
      ['/require/0/path `item` is an element of the array that `every` or `some` names; one of them is missing.'],
    ],
    [
      '{"require":[{"every":"tool.name","path":"item","op":"eq","value":1}]}',
      ['/require/0/every A path to an argument is expected, such as `args.field`.'],
    ],
    [
      '{"require":[{"path":"args.x","op":"eq","value":1,"timezone":"UTC"}]}',
      ['/require/0/timezone Only `time.hour` and `time.weekday` have a time zone.'],
    ],
    [
      '{"require":[{"path":"time.hour","op":"gte","value":9,"timezone":"Berlin"}]}',
      ['/require/0/timezone A time zone of the IANA database is expected, such as `Europe/Berlin`.'],
    ],
    [
      '{"require":[{"path":"time.weekday","op":"in","value":["monday","tuseday"]}]}',
      [
        '/require/0/value Weekdays are `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday` and `sunday`. (did you mean `tuesday`?)',
      ],
    ],
    ['{"limits":[{"counter":"c","window":"day","max":-1}]}', ['/limits/0/max Zero or more is expected.']],
    ['{"limits":[{"counter":"c","window":"day","max":"10"}]}', ['/limits/0/max A number is expected.']],
    ['{"limits":[{"counter":"c","window":0,"max":1}]}', ['/limits/0/window Expected at least 1.']],
    [
      '{"limits":[{"counter":"c","window":null,"max":1}]}',
      ['/limits/0/window A window is `minute`, `hour`, `day`, `week`, `month` or a whole number of seconds.'],
    ],
    [
      '{"limits":[{"counter":"/c","window":"day","max":1}]}',
      ['/limits/0/counter A counter has a name of 1 to 128 characters that does not begin with `/`.'],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1,"scope":"grants"}]}',
      ['/limits/0/scope Expected `grant` or `session` or `server` or `organisation`. (did you mean `grant`?)'],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1,"scope":{"lable":"team"}}]}',
      [
        '/limits/0/scope `label` is missing.',
        '/limits/0/scope/lable Unknown key `lable`; the keys here are `label`. (did you mean `label`?)',
      ],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1,"increment":0}]}',
      ['/limits/0/increment More than zero is expected.'],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1,"increment":1,"increment_from":"args.n"}]}',
      ['/limits/0/increment A limit has `increment` or `increment_from`, not both.'],
    ],
    [
      '{"limits":[{"counter":"c","window":60,"max":1,"timezone":"Europe/Berlin"}]}',
      ['/limits/0/timezone A window of seconds has no time zone.'],
    ],
    [
      '{"limits":[{"counter":"c","window":"month","max":1,"algorithm":"sliding"}]}',
      ['/limits/0/algorithm A sliding limit needs a window of fixed length: no months, and no time zone.'],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1,"algorithm":"sliding","timezone":"Europe/Berlin"}]}',
      ['/limits/0/algorithm A sliding limit needs a window of fixed length: no months, and no time zone.'],
    ],
    [
      '{"limits":[{"counter":"c","window":"day","max":1},{"counter":"c","window":"day","max":5,"increment":2}]}',
      [
        '/limits/1 This limit and `/tools/t/limits/0` raise the same counter by different amounts in one call. (give the counters different names)',
      ],
    ],
    ['{"limits":[{"counter":"c","window":"day","max":1},{"counter":"c","window":"day","max":5,"increment":1.0}]}', []],
    [
      '{"rate_limit":"10/fortnight"}',
      ['/rate_limit A rate is written like `10/minute`, with `minute`, `hour`, `day`, `week` or `month`.'],
    ],
    ['{"rate_limit":10}', ['/rate_limit A rate limit is `{ "max", "window" }` or text like `10/minute`.']],
    ['{"rate_limit":{"max":10}}', ['/rate_limit `window` is missing.']],
    ['{"validate_arguments":"yes"}', ['/validate_arguments `true`, `false` or `"strict"` is expected.']],
    ['{"approval":{"expires_in":0}}', ['/approval/expires_in Expected at least 1.']],
    [
      '{"adds":["two words"]}',
      ['/adds/0 A label is 1 to 64 letters, digits, `_`, `.`, `:` or `-`, the first a letter or digit.'],
    ],
    ['{"record":"all"}', ['/record Expected `values`.']],
    ['{"toString":1}', [expect.stringContaining('/toString Unknown key `toString`')]],
  ])('%s', (text, expected) => {
    expect(rule(text)).toEqual(expected);
  });
});

describe('what is wrong with a document', () => {
  test.each([
    ['null', ['1:1  Expected an object.']],
    ['[]', ['1:1  Expected an object.']],
    ['version: 1\ndefault: deny', ['1:10 /version Expected `1`. (write it as text: "1")']],
    [
      '{"version":"1","default":"deny","tools":{"__proto__":{}}}',
      ['1:42 /tools/__proto__ `__proto__` cannot be the name of a rule.'],
    ],
    ['{"version":"1","default":"deny","tools":{"":{}}}', ['1:42 /tools/ A name has 1 to 256 characters.']],
    ['{"version":"1","default":"deny","__proto__":{}}', [expect.stringContaining('Unknown key `__proto__`')]],
    [
      '{"version":"1","default":"deny","methods":{"resources/raed":{}}}',
      [expect.stringContaining('(did you mean `resources/read`?)')],
    ],
    [
      '{"version":"1","default":"deny","methods":{"tools/call":{}}}',
      [expect.stringContaining('Unknown key `tools/call`')],
    ],
    ['{"version":"1","default":"deny","classes":{"read":{}}}', [expect.stringContaining('(did you mean `Read`?)')]],
    [
      '{"version":"1","default":"deny","all_tools":{"action":"deny"}}',
      [expect.stringContaining('Unknown key `action`')],
    ],
    [
      '{"version":"1","default":"deny","all_tools":{"limits":[{"counter":"c","window":"day","max":1,"increment":3}]},"tools":{"a":{"limits":[{"counter":"c","window":"day","max":1}]},"b":{}}}',
      [expect.stringMatching(/\/tools\/a\/limits\/0 This limit and `\/all_tools\/limits\/0` raise the same counter/)],
    ],
  ])('%s', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test('10,000 rules are taken, 10,001 are not', () => {
    const rules = (count: number) =>
      `{"version":"1","default":"deny","tools":{${Array.from({ length: count }, (_, n) => `"t${n}":{}`).join(',')}}}`;
    expect(told(rules(10_000))).toEqual([]);
    expect(told(rules(10_001))).toEqual(['1:1  A policy has at most 10000 rules; this one has 10001.']);
  });

  test('hostile patterns are refused without being compiled', () => {
    const patterns = Array.from(
      { length: 1000 },
      (_, n) => `{"path":"args.x","op":"regex","value":"(?i)[\\\\x{${(n + 256).toString(16)}}-\\\\x{1e942}]{900}"}`,
    );
    const problems = told(`{"version":"1","default":"deny","tools":{"t":{"require":[${patterns.join(',')}]}}}`);
    expect(problems.at(-1)).toContain('The patterns up to here are as many and as large as one policy may have.');
    expect(problems.length).toBeLessThan(100);
  });

  test('the list of problems is bounded', () => {
    const rules = Array.from({ length: 5000 }, (_, n) => `"t${n}":{"x":1}`).join(',');
    expect(told(`{"version":"1","default":"deny","tools":{${rules}}}`)).toHaveLength(500);
  });
});

test('no text makes the parser throw', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"version"',
    '"1"',
    ':',
    ',',
    '"default":"deny"',
    '"tools"',
    '"*"',
    '"require"',
    '"op"',
    'null',
    '1e400',
    '\n',
    '  ',
    '- ',
    'a: ',
    '&x ',
    '*x',
    '!!str ',
    '? ',
    '"\\u',
    '\ud800',
    '<<: ',
    '|',
    '>',
    '#',
    "'",
    '%YAML 1.1',
    '---',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
      ),
      fc.constantFrom('json', 'yaml', undefined),
      (text, format) => {
        expect(typeof parsePolicy(text, format).ok).toBe('boolean');
      },
    ),
    { numRuns: 2000 },
  );
});

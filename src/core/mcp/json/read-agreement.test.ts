// Vitest's toStrictEqual looks at `constructor`, which may be a member here.
import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyText, space, stringText, valueText } from '../../../../test/arbitraries/json-text.ts';
import { CLIENT_MESSAGE_LIMITS } from './limits.ts';
import { readJson, readJsonText } from './read.ts';
import { type JsonValue, toPlainJson } from './value.ts';

const limits = CLIENT_MESSAGE_LIMITS;
const utf8 = (text: string) => new TextEncoder().encode(text);

function accepted(text: string): JsonValue {
  const result = readJson(utf8(text), limits);
  if (!result.ok) throw new Error(`refused: ${result.error.text}`);
  return result.value;
}

/** The text without white space between tokens and with each string in one spelling; numbers as written. */
function respelled(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[ \t\n\r]+/g, (token) =>
    token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : '',
  );
}

describe('agreement with JSON.parse', () => {
  test('valid JSON without duplicate keys has the value that JSON.parse gives', () => {
    fc.assert(
      fc.property(valueText, space, (text, edge) => {
        const value = accepted(edge + text + edge);
        deepStrictEqual(toPlainJson(value), JSON.parse(text));
        expect(JSON.stringify(toPlainJson(value))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('what is written again is the text that was read, with every number as it was', () => {
    fc.assert(
      fc.property(valueText, (text) => {
        // Integer-like keys come first in JavaScript; such texts are compared as sorted characters.
        const [before, after] = [respelled(text), JSON.stringify(accepted(text))];
        const hasIntegerKey = /"\d+":/.test(before);
        const comparable = (written: string) => (hasIntegerKey ? written.split('').sort().join('') : written);
        expect(comparable(after)).toBe(comparable(before));
      }),
      { numRuns: 500 },
    );
  });

  test('text and bytes give the same answer', () => {
    fc.assert(
      fc.property(valueText, fc.nat(), fc.constantFrom('', '"', ',', '}', '\\', '1'), (text, place, extra) => {
        const at = place % (text.length + 1);
        const changed = (text.slice(0, at) + extra + text.slice(at)).toWellFormed();
        const [fromBytes, fromText] = [readJson(utf8(changed), limits), readJsonText(changed, limits)];
        if (fromBytes.ok || fromText.ok) deepStrictEqual(fromBytes, fromText);
        else {
          expect(fromBytes.error.reason).toBe(fromText.error.reason);
          expect(fromBytes.error.offset).toBe(utf8(changed.slice(0, fromText.error.offset)).length);
        }
      }),
    );
  });

  test('whatever bytes it accepts after any mutation, JSON.parse accepts with the same value, and it never throws', () => {
    const interesting = [...utf8('"\\{}[]:,0123456789eE+-.tfn/ \n\u0000u'), 0x80, 0xc0, 0xed, 0xf0, 0xff];
    const mutation = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('replace', 'insert', 'delete', 'flip', 'repeat'),
      byte: fc.oneof(fc.constantFrom(...interesting), fc.nat(255)),
    });
    let acceptances = 0;
    fc.assert(
      fc.property(valueText, fc.array(mutation, { minLength: 1, maxLength: 4 }), (text, mutations) => {
        const mutated = [...utf8(text)];
        for (const { at, kind, byte } of mutations) {
          const place = at % (mutated.length + 1);
          if (kind === 'replace') mutated[Math.min(place, mutated.length - 1)] = byte;
          else if (kind === 'insert') mutated.splice(place, 0, byte);
          else if (kind === 'delete') mutated.splice(place, 1);
          else if (kind === 'flip') mutated.splice(place, 1, (mutated[place] ?? 0) ^ (1 << (byte % 8)));
          else mutated.splice(place, 0, ...mutated.slice(Math.max(0, place - 6), place));
        }
        const input = Uint8Array.from(mutated);
        const result = readJson(input, limits);
        if (!result.ok) return;
        acceptances += 1;
        const reference: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input));
        deepStrictEqual(toPlainJson(result.value), reference);
        expect(JSON.stringify(toPlainJson(result.value))).toBe(JSON.stringify(reference));
      }),
      { numRuns: 5_000 },
    );
    expect(acceptances).toBeGreaterThan(300);
  });
});

describe('injected faults are found wherever they stand', () => {
  /** Valid documents with one place for any value, at any depth, behind any other content. */
  const hole = fc
    .array(fc.tuple(valueText, fc.boolean()), { maxLength: 5 })
    .map(
      (levels) => (inner: string) =>
        levels.reduce(
          (text, [sibling, isArray]) => (isArray ? `[${sibling},${text}]` : `{"s":${sibling},"h":${text}}`),
          inner,
        ),
    );

  test('a valid value in the same place is accepted', () => {
    fc.assert(fc.property(hole, valueText, (around, value) => void accepted(around(value))));
  });

  test.each<[string, fc.Arbitrary<string>]>([
    [
      'duplicate_key',
      fc
        .tuple(keyText, valueText, valueText)
        .map(([key, a, b]) => {
          const escaped = `"${escapeUnits(JSON.parse(key) as string)}"`;
          return `{${key}:${a},"-":0,${escaped}:${b}}`;
        })
        .filter((text) => !text.startsWith('{"-"')),
    ],
    ['nul_in_key', stringText.map((text) => `{${text.slice(0, -1)}\\u0000":1}`)],
    [
      'lone_surrogate',
      fc
        .tuple(stringText, fc.integer({ min: 0xd800, max: 0xdfff }))
        .map(([text, unit]) => `${text.slice(0, -1)}\\u${unit.toString(16)}"`),
    ],
    [
      'control_character',
      fc.tuple(stringText, fc.nat(0x1f)).map(([text, code]) => `${text.slice(0, -1)}${String.fromCharCode(code)}"`),
    ],
    [
      'invalid_escape',
      fc
        .tuple(stringText, fc.constantFrom('\\x41', '\\a', '\\0', '\\u00', "\\'", '\\U0041'))
        .map(([text, escape]) => `${text.slice(0, -1)}${escape}"`),
    ],
    ['number_too_long', fc.stringMatching(/^-?[1-9][0-9]{64,80}$/)],
    ['number_too_long', fc.stringMatching(/^[1-9][0-9]{32}\.[0-9]{32,60}(e[0-9])?$/)],
    [
      'number_out_of_range',
      fc
        .tuple(
          fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,9})?$/),
          fc.integer({ min: 309, max: 99999 }),
          fc.constantFrom('', '+', '-'),
        )
        .map(([n, e, sign]) => `${n}e${sign}${e}`),
    ],
    [
      'invalid_number',
      fc.constantFrom('01', '-', '1.', '.5', 'NaN', 'Infinity', '-Infinity', '+1', '1e', '1e+', '-a', '007'),
    ],
    ['trailing_comma', fc.tuple(valueText, space).map(([value, gap]) => `[${value},${gap}]`)],
    ['trailing_comma', fc.tuple(keyText, valueText, space).map(([key, value, gap]) => `{${key}:${value},${gap}}`)],
    ['comment', valueText.map((value) => `/* */${value}`)],
    ['comment', valueText.map((value) => `[${value} // \n]`)],
    ['unexpected_character', fc.tuple(valueText, valueText).map(([a, b]) => `[${a} ${b}]`)],
  ])('%s (%#)', (reason, faulty) => {
    fc.assert(
      fc.property(hole, faulty, (around, text) => {
        const result = readJson(utf8(around(text)), limits);
        expect(result.ok ? 'accepted' : result.error.reason).toBe(reason);
      }),
    );
  });

  test('every text that ends early is refused', () => {
    fc.assert(
      fc.property(
        valueText.filter((text) => /^[[{"]/.test(text)),
        fc.nat(),
        (text, cut) => {
          expect(readJsonText(text.slice(0, cut % text.length).toWellFormed(), limits).ok).toBe(false);
        },
      ),
    );
  });
});

function escapeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

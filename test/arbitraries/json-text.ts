import fc from 'fast-check';

/** White space of up to three characters. */
export const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
/** Number literals of all forms, within what the reader takes. */
export const numberText = fc.oneof(
  fc.integer().map(String),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    // Subnormal doubles are printed with exponents beyond -308, which are refused.
    .filter((n) => n === 0 || Math.abs(n) >= 2.3e-308)
    .map((n) => (Object.is(n, -0) ? '-0' : String(n))),
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$/),
);
/** String literals in all spellings, quotes included. */
export const stringText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((part) => JSON.stringify(part).slice(1, -1)),
      fc.constantFrom('\\u0041', '\\uD83D\\uDE00', '\\n', '\\"', '\\\\', '\\/', '\\u00e9', '\u007f', '\u2028', 'é'),
      fc.nat(120).map((length) => 'x'.repeat(length)),
    ),
    { maxLength: 5 },
  )
  .map((parts) => `"${parts.join('')}"`);
/** String literals that may be keys. */
export const keyText = fc.oneof(
  stringText.filter((text) => !text.includes('\\u0000')),
  fc.constantFrom('"__proto__"', '"constructor"', '"0"', '"12"', '""', '"method"'),
);
/** Valid JSON in every way of writing it. The keys of one object differ. */
export const valueText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false'),
    numberText,
    stringText,
    fc.array(fc.tuple(space, tie('value'), space), { maxLength: 5 }).map((parts) => {
      return `[${parts.map((part) => part.join('')).join(',')}]`;
    }),
    fc
      .uniqueArray(fc.tuple(space, keyText, space, tie('value'), space), {
        maxLength: 5,
        selector: (member) => JSON.parse(member[1]) as string,
      })
      .map((members) => `{${members.map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`).join(',')}}`),
  ),
})).value;

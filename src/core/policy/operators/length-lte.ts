import { z } from 'zod';
import { ok } from '../../result.ts';
import { cannotDecide, operator } from './operator.ts';

export const lengthLte = operator({
  op: 'length_lte',
  summary:
    'The value is a string of at most this many characters (code points, as in JSON Schema) or an array of at most this many elements. All else cannot be decided.',
  fields: { value: z.int().min(0).max(10_000_000) },
  describe: ({ value }) => `is no longer than ${value}`,
  compile: ({ value }) =>
    ok({
      test: (given) => {
        if (Array.isArray(given)) return given.length <= value;
        return typeof given === 'string' ? hasAtMost(given, value) : mustBeStringOrArray;
      },
      absent: false,
    }),
});

function hasAtMost(text: string, codePointsMax: number): boolean {
  // A code point takes one or two code units, so most texts need no counting.
  if (text.length <= codePointsMax) return true;
  if (text.length > 2 * codePointsMax) return false;
  let codePoints = 0;
  for (const _ of text) codePoints += 1;
  return codePoints <= codePointsMax;
}

const mustBeStringOrArray = cannotDecide('must be a string or an array');

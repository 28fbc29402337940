import { z } from 'zod';
import { ok } from '../../result.ts';
import { compilePattern } from './linear-pattern.ts';
import { cannotDecide, operator } from './operator.ts';

export const matches = operator({
  op: 'matches',
  summary:
    'The value is a string that this RE2 pattern matches as a whole, to its very end. All else cannot be decided.',
  fields: { value: z.string().min(1) },
  describe: ({ value }) => `matches as a whole the pattern ${JSON.stringify(value)}`,
  compile: ({ value }) => {
    const pattern = compilePattern(value);
    if (!pattern.ok) return pattern;
    const { matchesAll } = pattern.value;
    return ok({
      test: (given) => (typeof given === 'string' ? (matchesAll(given) ?? tooLong) : mustBeString),
      absent: false,
    });
  },
});

const mustBeString = cannotDecide('must be a string');
const tooLong = cannotDecide('must be shorter for a pattern of this size');

import { z } from 'zod';
import { ok } from '../../result.ts';
import { compilePattern } from './linear-pattern.ts';
import { cannotDecide, operator } from './operator.ts';

export const regex = operator({
  op: 'regex',
  summary: 'The value is a string in which this RE2 pattern is found anywhere. All else cannot be decided.',
  fields: { value: z.string().min(1) },
  describe: ({ value }) => `matches the pattern ${JSON.stringify(value)}`,
  compile: ({ value }) => {
    const pattern = compilePattern(value);
    if (!pattern.ok) return pattern;
    const { isFoundIn } = pattern.value;
    return ok({
      test: (given) => (typeof given === 'string' ? (isFoundIn(given) ?? tooLong) : mustBeString),
      absent: false,
    });
  },
});

const mustBeString = cannotDecide('must be a string');
const tooLong = cannotDecide('must be shorter for a pattern of this size');

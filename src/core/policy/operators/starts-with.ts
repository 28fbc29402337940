import { z } from 'zod';
import { ok } from '../../result.ts';
import { cannotDecide, operator } from './operator.ts';

export const startsWith = operator({
  op: 'starts_with',
  summary: 'The value is a string that begins with this one. All else cannot be decided.',
  fields: { value: z.string() },
  describe: ({ value }) => `starts with ${JSON.stringify(value)}`,
  compile: ({ value }) =>
    ok({ test: (given) => (typeof given === 'string' ? given.startsWith(value) : mustBeString), absent: false }),
});

const mustBeString = cannotDecide('must be a string');

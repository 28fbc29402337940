import { z } from 'zod';
import { ok } from '../../result.ts';
import { cannotDecide, operator } from './operator.ts';

export const endsWith = operator({
  op: 'ends_with',
  summary: 'The value is a string that ends with this one. All else cannot be decided.',
  fields: { value: z.string() },
  describe: ({ value }) => `ends with ${JSON.stringify(value)}`,
  compile: ({ value }) =>
    ok({ test: (given) => (typeof given === 'string' ? given.endsWith(value) : mustBeString), absent: false }),
});

const mustBeString = cannotDecide('must be a string');

import { z } from 'zod';
import { ok } from '../../result.ts';
import { operator } from './operator.ts';
import { equalityWith, scalar } from './scalar-equality.ts';

export const eq = operator({
  op: 'eq',
  summary: 'The value is of the same JSON type and equal. Another type cannot be decided.',
  fields: { value: z.union([scalar, z.null()], { error: 'a string, a number, true, false or null is expected' }) },
  describe: ({ value }) => `is ${JSON.stringify(value)}`,
  compile: ({ value }) => ok({ test: equalityWith(value), absent: false }),
});

import { z } from 'zod';
import { ok } from '../../result.ts';
import { operator } from './operator.ts';

export const exists = operator({
  op: 'exists',
  summary: 'With true: the value is there and not null. With false: it is missing or null. Always decided.',
  fields: { value: z.boolean() },
  describe: ({ value }) => (value ? 'is given' : 'is not given'),
  compile: ({ value }) => ok({ test: () => value, absent: !value }),
});

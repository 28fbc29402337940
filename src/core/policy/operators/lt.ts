import { ok } from '../../result.ts';
import { exactNumber } from './exact-number.ts';
import { operator } from './operator.ts';
import { comparisonWith } from './scalar-equality.ts';

export const lt = operator({
  op: 'lt',
  summary: 'The value is a number and less than this one. Numeric strings and all else cannot be decided.',
  fields: { value: exactNumber },
  describe: ({ value }) => `is less than ${JSON.stringify(value)}`,
  compile: ({ value }) => {
    const compare = comparisonWith(value);
    return ok({
      test: (given) => {
        const order = compare(given);
        return typeof order === 'number' ? order < 0 : order;
      },
      absent: false,
    });
  },
});

import { ok } from '../../result.ts';
import { isIn, membershipIn } from './in.ts';
import { anyOf, operator } from './operator.ts';

export const notIn = operator({
  op: 'not_in',
  summary: 'The value is equal to none of the list. A missing value is false; another type cannot be decided.',
  fields: isIn.fields,
  describe: ({ value }) => `is not ${anyOf(value)}`,
  compile: ({ value }) => {
    const isMember = membershipIn(value);
    return ok({
      test: (given) => {
        const outcome = isMember(given);
        return typeof outcome === 'boolean' ? !outcome : outcome;
      },
      absent: false,
    });
  },
});

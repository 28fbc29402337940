import { ok } from '../../result.ts';
import { eq } from './eq.ts';
import { operator } from './operator.ts';
import { equalityWith } from './scalar-equality.ts';

export const neq = operator({
  op: 'neq',
  summary:
    'The value is of the same JSON type and not equal. A missing value is false; another type cannot be decided.',
  fields: eq.fields,
  describe: ({ value }) => `is not ${JSON.stringify(value)}`,
  compile: ({ value }) => {
    const equals = equalityWith(value);
    return ok({
      test: (given) => {
        const outcome = equals(given);
        return typeof outcome === 'boolean' ? !outcome : outcome;
      },
      absent: false,
    });
  },
});

import { z } from 'zod';
import { isRawNumber, type JsonValue } from '../../mcp/json/value.ts';
import { ok } from '../../result.ts';
import { anyOf, cannotDecide, type Outcome, operator } from './operator.ts';
import { equalityWith, type Scalar, scalar } from './scalar-equality.ts';

export const isIn = operator({
  op: 'in',
  summary:
    'The value is equal to one of the list. Cannot be decided when it is equal to none and of another type than one.',
  fields: { value: z.array(scalar, { error: 'a list of strings, numbers, true or false is expected' }).max(10_000) },
  describe: ({ value }) => `is ${anyOf(value)}`,
  compile: ({ value }) => ok({ test: membershipIn(value), absent: false }),
});

/** Whether a value equals one of the list: true if any does, else cannot decide if one comparison cannot, else false. */
export function membershipIn(list: readonly Scalar[]): (value: JsonValue) => Outcome {
  const strings = new Set(list.filter((item) => typeof item === 'string'));
  const others = list.filter((item) => typeof item !== 'string').map(equalityWith);
  const notAString = equalityWith('');
  return (value) => {
    if (typeof value === 'string' && strings.has(value)) return true;
    if (typeof value === 'object' && !isRawNumber(value)) return mustBeScalar;
    let outcome: Outcome = strings.size > 0 && typeof value !== 'string' ? notAString(value) : false;
    for (const equals of others) {
      const answer = equals(value);
      if (answer === true) return true;
      if (answer !== false) outcome = answer;
    }
    return outcome;
  };
}

const mustBeScalar = cannotDecide('must be a string, a number, true or false');

import type { JsonValue } from '../../mcp/json/value.ts';
import { ok } from '../../result.ts';
import { cannotDecide, type Outcome, operator } from './operator.ts';
import { equalityWith, type Scalar, scalar } from './scalar-equality.ts';

export const contains = operator({
  op: 'contains',
  summary: 'The value is a string with this substring, or an array with this element. All else cannot be decided.',
  fields: { value: scalar },
  describe: ({ value }) => `contains ${JSON.stringify(value)}`,
  compile: ({ value }) => ok({ test: containing(value), absent: false }),
});

function containing(expected: Scalar): (value: JsonValue) => Outcome {
  const equals = equalityWith(expected);
  return (value) => {
    if (typeof value === 'string') return typeof expected === 'string' ? value.includes(expected) : mustBeArray;
    if (!Array.isArray(value)) return mustBeStringOrArray;
    let outcome: Outcome = false;
    // Array.isArray does not narrow a readonly array.
    for (const element of value as readonly JsonValue[]) {
      const answer = element === null ? false : equals(element);
      if (answer === true) return true;
      if (answer !== false) outcome = answer;
    }
    return typeof outcome === 'boolean' ? outcome : mixedElements;
  };
}

const mustBeArray = cannotDecide('must be an array');
const mustBeStringOrArray = cannotDecide('must be a string or an array');
const mixedElements = cannotDecide('must be an array whose elements are all of the type that is looked for');

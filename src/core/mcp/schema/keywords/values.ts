import type { JsonValue } from '../../json/value.ts';
import type { SchemaContext } from '../context.ts';
import { areEqual } from '../exact.ts';
import { kinds } from '../node.ts';

/** `enum` and `const` (2020-12 validation §6.1.2, §6.1.3). The messages name no value, neither given nor wanted. */
export function compileValues(context: SchemaContext): void {
  const list = context.read('enum');
  if (list !== undefined && !Array.isArray(list)) context.refuse('enum', 'is not a list');
  else if (list !== undefined) addRule(context, list, 'must be one of the values that the schema lists (enum)');
  const only = context.read('const');
  if (only !== undefined) addRule(context, [only], 'must be the one value that the schema allows (const)');
}

function addRule(context: SchemaContext, values: readonly JsonValue[], rule: string): void {
  const strings = new Set(values.filter((value) => typeof value === 'string'));
  const others = values.filter((value) => typeof value !== 'string').map((value) => ({ value, steps: sizeOf(value) }));
  context.rule(['string'], (value, run) => strings.has(value as string) || run.fail(rule));
  context.rule(
    kinds.filter((kind) => kind !== 'string'),
    (value, run) => {
      let isUndecided = false;
      for (const other of others) {
        if (!run.spend(other.steps)) return false;
        const answer = areEqual(value, other.value);
        if (answer === true) return true;
        if (answer === 'undecided') isUndecided = true;
      }
      if (isUndecided) return run.undecided('whether the number is the same depends on its precision (enum, const)');
      return run.fail(rule);
    },
  );
}

/** An upper bound of the work of comparing something with the value. */
function sizeOf(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member: JsonValue) => sum + sizeOf(member), 1);
}

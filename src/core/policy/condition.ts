import { z } from 'zod';
import { findTimeZone } from '../limits/time-zone.ts';
import { conditionPathPattern, parseConditionPath, weekdays } from './condition-path.ts';
import { didYouMean } from './nearest-name.ts';
import { operators } from './operators/operators.ts';

/** The name of a time zone of the IANA database. */
export const timeZoneName = z.string().refine((name) => findTimeZone(name) !== undefined, {
  error: 'a time zone of the IANA database is expected, such as `Europe/Berlin`',
});

/** A path to an argument, such as `args.amount` or `args.order.items[0].price`. */
export const argumentPath = pathSchema(['args']).meta({ pattern: String.raw`^args\.` });

const place = {
  path: pathSchema(['args', 'item', 'fact', 'label']).meta({
    id: 'ConditionPath',
    description:
      'What is looked at: `args.field`, `args.field.nested[0]`; with `every` or `some` a path from `item`; or a fact: `tool.name`, `tool.category`, `tool.severity`, `grant.label`, `grant.labels.<key>`, `client.name`, `time.hour` (0 to 23), `time.weekday` (monday to sunday).',
    pattern: conditionPathPattern,
    examples: ['args.amount', 'args.order.items[0].price', 'grant.labels.team', 'time.hour'],
  }),
  every: argumentPath
    .meta({
      id: 'EveryElement',
      description:
        'An array; the condition holds if it holds for every element, which `path` sees as `item`. For an empty array it cannot be decided.',
    })
    .optional(),
  some: argumentPath
    .meta({
      id: 'SomeElement',
      description:
        'An array; the condition holds if it holds for some element, which `path` sees as `item`. For an empty array it is false.',
    })
    .optional(),
  timezone: timeZoneName
    .meta({ id: 'ConditionTimeZone', description: 'The time zone of `time.hour` and `time.weekday`. Default: UTC.' })
    .optional(),
};

interface OperatorShape {
  readonly op: string;
  readonly summary: string;
  readonly fields: z.ZodRawShape;
}

// Array.map forgets that the list is a tuple; each element goes through one function, whose type is applied to each.
const conditionsByOperator = (operators as readonly OperatorShape[]).map(conditionWith) as unknown as ConditionSchemas<
  typeof operators
>;

/** One condition: `{ "path", "op", "value" }` with what its operator takes besides. */
export const condition = z
  .discriminatedUnion('op', conditionsByOperator)
  .superRefine((given, context) => {
    for (const { key, message, hint } of misfits(given)) {
      context.addIssue({ code: 'custom', path: [key], message, ...(hint === undefined ? {} : { params: { hint } }) });
    }
  })
  .meta({ id: 'Condition' });

export type Condition = z.output<typeof condition>;

type ConditionSchemas<List extends readonly unknown[]> = {
  -readonly [Index in keyof List]: ConditionSchema<List[Index]>;
};
type ConditionSchema<Listed> = Listed extends {
  op: infer Name extends string;
  fields: infer Fields extends z.ZodRawShape;
}
  ? z.ZodObject<{ op: z.ZodLiteral<Name> } & typeof place & Fields, z.core.$strict>
  : never;

function conditionWith(operator: OperatorShape) {
  return z
    .strictObject({ op: z.literal(operator.op), ...place, ...operator.fields })
    .meta({ title: operator.op, description: operator.summary });
}

function pathSchema(roots: readonly string[]) {
  return z
    .string()
    .max(500)
    .superRefine((text, context) => {
      const path = parseConditionPath(text);
      if (!path.ok) {
        const { message, hint } = path.error;
        context.addIssue({ code: 'custom', message, ...(hint === undefined ? {} : { params: { hint } }) });
      } else if (!roots.includes(path.value.root)) {
        context.addIssue({ code: 'custom', message: 'A path to an argument is expected, such as `args.field`.' });
      }
    });
}

interface Misfit {
  readonly key: string;
  readonly message: string;
  readonly hint?: string;
}

/** What is wrong between the parts of a condition whose parts are right. */
function* misfits(given: z.output<(typeof conditionsByOperator)[number]>): Generator<Misfit> {
  const looksAtItem = /^item(?=$|[.[])/.test(given.path);
  if (given.every !== undefined && given.some !== undefined) {
    yield { key: 'some', message: 'A condition has `every` or `some`, not both.' };
  } else if ((given.every ?? given.some) !== undefined && !looksAtItem) {
    yield { key: 'path', message: 'With `every` or `some`, a path begins with `item`.' };
  } else if (given.every === undefined && given.some === undefined && looksAtItem) {
    yield {
      key: 'path',
      message: '`item` is an element of the array that `every` or `some` names; one of them is missing.',
    };
  }
  if (given.timezone !== undefined && !given.path.startsWith('time.')) {
    yield { key: 'timezone', message: 'Only `time.hour` and `time.weekday` have a time zone.' };
  }
  if (
    given.path === 'time.weekday' &&
    (given.op === 'eq' || given.op === 'neq' || given.op === 'in' || given.op === 'not_in')
  ) {
    for (const day of [given.value].flat()) {
      if (weekdays.some((name) => name === day)) continue;
      const hint = typeof day === 'string' ? didYouMean(day, weekdays) : undefined;
      const message = 'Weekdays are `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday` and `sunday`.';
      yield hint === undefined ? { key: 'value', message } : { key: 'value', message, hint };
    }
  }
}

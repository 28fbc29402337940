import type { PolicyDocument, RecommendedRule, ValueSplit } from './record.ts';
import type { Category } from './taxonomy.ts';

// Calls a minute for one grant. Thirty writes keep up with a person at work; ten starts of a process are more than one needs.
const perMinute: Readonly<Record<'Write' | 'Execute', number>> = { Write: 30, Execute: 10 };

/** The policy document to put on a tool of this category, and what to use where the tool must stay usable. */
export function recommendRule(
  name: string,
  category: Category,
  split: readonly ValueSplit[] | undefined,
): RecommendedRule {
  const narrowed = narrowedToReading(name, split);
  const alternative =
    narrowed === undefined ? undefined : { when: 'only the values that read are needed', document: narrowed };
  switch (category) {
    case 'Read':
      return { action: 'allow', document: documentFor(name, {}) };
    case 'Write':
    case 'Execute':
      return {
        action: 'limit',
        document: documentFor(name, {
          limits: [{ counter: `${name}_rate`, window: 'minute', max: perMinute[category], scope: 'grant' }],
        }),
        ...(alternative === undefined ? {} : { alternative }),
      };
    case 'Destructive':
      return {
        action: 'hide',
        document: documentFor(name, { action: 'hide' }),
        alternative: alternative ?? {
          when: 'the tool must stay usable',
          document: documentFor(name, { action: 'approve' }),
        },
      };
    case 'Financial':
      return {
        action: 'approve',
        document: documentFor(name, { action: 'approve' }),
        ...(alternative === undefined ? {} : { alternative }),
      };
    default:
      return category satisfies never;
  }
}

function documentFor(name: string, rule: PolicyDocument['tools'][string]): PolicyDocument {
  return { version: '1', default: 'deny', tools: { [name]: rule } };
}

/** A rule that lets only the reading values of one argument through. */
function narrowedToReading(name: string, split: readonly ValueSplit[] | undefined): PolicyDocument | undefined {
  for (const { argument, values } of split ?? []) {
    const reading = values.filter((value) => value.category === 'Read').map((value) => value.value);
    if (reading.length === 0 || reading.length === values.length || !/^[A-Za-z_][\w-]*$/.test(argument)) continue;
    return documentFor(name, {
      require: [
        {
          conditions: [{ path: `args.${argument}`, op: 'in', value: reading }],
          on_deny: `Only ${argument} values that read are allowed.`,
        },
      ],
    });
  }
  return undefined;
}

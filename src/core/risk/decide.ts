import type { ToolFacts } from './facts.ts';
import type { Signal, SignalId } from './signals/signal.ts';
import { type Category, categories, graver } from './taxonomy.ts';

/** The category of a tool before its argument values are looked at, with the probability that it is right, uncalibrated. */
export interface Decision {
  readonly category: Category;
  readonly probability: number;
  /** The category that was second, for the record's "what argues against". */
  readonly runnerUp: Category;
  /** The rule of the taxonomy that overrode the model, if one did. */
  readonly rule: string | undefined;
  /** True when name and text say different things, or nothing but boilerplate is said. */
  readonly isDoubtful: boolean;
}

/**
 * Turns probabilities into a category. The decided hard cases bind: where their conditions hold plainly they override the
 * model; where text is empty, contradictory or boilerplate the worse of two likely readings is taken.
 */
export function decide(
  facts: ToolFacts,
  signals: readonly Signal[],
  probabilities: Readonly<Record<Category, number>>,
): Decision {
  const ranked = [...categories].sort((a, b) => probabilities[b] - probabilities[a]);
  const first = ranked[0] as Category;
  const second = ranked[1] as Category;
  const overruled = ruleFor(facts, signals, probabilities, first);
  if (overruled !== undefined && overruled.category !== first) {
    return {
      category: overruled.category,
      probability: Math.max(probabilities[overruled.category], 0.6),
      runnerUp: first,
      rule: overruled.rule,
      isDoubtful: isDoubtful(facts, signals),
    };
  }
  const doubtful = isDoubtful(facts, signals);
  if (doubtful && probabilities[second] >= 0.4 && graver(first, second) === second) {
    return {
      category: second,
      probability: probabilities[second],
      runnerUp: first,
      rule: 'the text leaves two readings; the worse one counts',
      isDoubtful: true,
    };
  }
  return {
    category: first,
    probability: probabilities[first],
    runnerUp: second,
    rule: overruled?.rule,
    isDoubtful: doubtful,
  };
}

interface Overrule {
  readonly category: Category;
  readonly rule: string;
}

function ruleFor(
  facts: ToolFacts,
  signals: readonly Signal[],
  probabilities: Readonly<Record<Category, number>>,
  first: Category,
): Overrule | undefined {
  const at = (id: SignalId, ...ranks: readonly Signal['rank'][]): boolean =>
    signals.some((signal) => signal.id === id && (ranks.length === 0 || ranks.includes(signal.rank)));
  const isReadOnly = at('read-only', 'main') || facts.description.tag === 'read';
  if (
    at('executes-code', 'name', 'main') &&
    at('takes-code') &&
    !isReadOnly &&
    (first === 'Read' || first === 'Write') &&
    probabilities.Execute >= 0.25
  ) {
    return { category: 'Execute', rule: 'an open-ended executor is Execute whatever it is used for' };
  }
  if (isReadOnly && first === 'Execute' && probabilities.Read >= 0.15) {
    return { category: 'Read', rule: 'an enforced read-only mode makes it Read' };
  }
  if (
    at('restorable', 'name', 'main') &&
    at('deletes', 'name', 'main') &&
    first === 'Destructive' &&
    !at('irreversible') &&
    !hasForce(facts)
  ) {
    return { category: 'Write', rule: 'what can be restored without conditions is Write' };
  }
  if (at('irreversible') && facts.name.verbs[0]?.verb.lemma === 'terminate' && first === 'Execute') {
    return { category: 'Destructive', rule: 'ending something whose state is lost for good is Destructive' };
  }
  if (
    at('moves-money', 'name', 'main') &&
    first !== 'Financial' &&
    first !== 'Read' &&
    probabilities.Financial >= 0.05
  ) {
    return { category: 'Financial', rule: 'paying outweighs whatever else the call does' };
  }
  if (at('changes-obligation', 'name') && at('changes-obligation', 'main') && first === 'Write') {
    return { category: 'Financial', rule: 'it creates, changes or ends an obligation to pay' };
  }
  if (at('replaces-all') && first === 'Write' && (at('updates', 'name', 'main') || at('creates', 'name', 'main'))) {
    return { category: 'Destructive', rule: 'what is not sent is deleted' };
  }
  return undefined;
}

function hasForce(facts: ToolFacts): boolean {
  return facts.schema.parameters.some((parameter) => parameter.depth === 0 && parameter.kind === 'force');
}

/** Empty, boilerplate, or a name and a main sentence of which one deletes or pays and the other only reads. */
function isDoubtful(facts: ToolFacts, signals: readonly Signal[]): boolean {
  if (facts.description.state !== 'present') return true;
  const ofName = graveness(signals, 'name');
  const ofMain = graveness(signals, 'main');
  if (ofName === undefined || ofMain === undefined) return false;
  return (ofName === 'harmless' && ofMain === 'grave') || (ofName === 'grave' && ofMain === 'harmless');
}

const graveSignals = new Set<SignalId>([
  'deletes',
  'moves-money',
  'changes-obligation',
  'resets-state',
  'executes-code',
]);
const harmlessSignals = new Set<SignalId>(['retrieves', 'computes', 'returns-text', 'waits']);

function graveness(signals: readonly Signal[], rank: Signal['rank']): 'grave' | 'harmless' | undefined {
  let harmless = false;
  for (const signal of signals) {
    if (signal.rank !== rank) continue;
    if (graveSignals.has(signal.id)) return 'grave';
    if (harmlessSignals.has(signal.id)) harmless = true;
  }
  return harmless ? 'harmless' : undefined;
}

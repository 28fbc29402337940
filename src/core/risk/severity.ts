import type { ToolFacts } from './facts.ts';
import type { Signal, SignalId } from './signals/signal.ts';
import { type Category, type Effect, type Severity, severities, severityOfCategory } from './taxonomy.ts';

/** A severity with the reasons that moved it from where its category starts, one step each, as sentences. */
export interface JudgedSeverity {
  readonly severity: Severity;
  readonly reasons: readonly string[];
}

const smallThings = new Set(
  'comment comments reply todo bookmark draft reaction reminder label tag note favorite favourite like vote highlight annotation checklist checklistitem subtask memo alias shortcut filter view watchlist message tweet post'.split(
    ' ',
  ),
);

/**
 * Starts from the category and moves with evidence, one step per reason. Floors apply last: returning a secret, granting
 * access, physical effects and messages to anyone but the caller are never below High.
 */
export function judgeSeverity(
  facts: ToolFacts,
  signals: readonly Signal[],
  category: Category,
  effects: readonly Effect[],
): JudgedSeverity {
  const has = (effect: Effect): boolean => effects.includes(effect);
  const near = (id: SignalId): boolean => signals.some((signal) => signal.id === id && signal.rank !== 'rest');
  const cue = (name: string): boolean =>
    facts.description.cues.some((mention) => mention.cue === name && !mention.negated && mention.inMainSentence);
  const mentions = (name: string): boolean =>
    facts.description.cues.some((mention) => mention.cue === name && !mention.negated);
  let level = severities.indexOf(severityOfCategory[category]);
  const reasons: string[] = [`${category} starts at ${severityOfCategory[category]}`];
  const move = (steps: 1 | -1, why: string): void => {
    const next = Math.min(severities.length - 1, Math.max(0, level + steps));
    if (next === level) return;
    level = next;
    reasons.push(`${steps === 1 ? 'raised' : 'lowered'} to ${severities[level]}: ${why}`);
  };

  if (category === 'Execute' && (near('executes-code') || near('raw-request')))
    move(1, 'what is executed comes as an argument');
  else if (category === 'Execute' && near('runs-agent')) move(1, 'an agent decides what is done');
  if (category === 'Read' && (has('health-data') || (has('personal-data') && has('bulk'))))
    move(1, has('health-data') ? 'health data leave the server' : 'personal data leave the server in bulk');
  if (category === 'Write' && has('irreversible')) move(1, 'the text says that it cannot be undone');
  if (category === 'Write' && has('bulk') && (near('updates') || near('unlinks')))
    move(1, 'one call changes many things');
  if (category === 'Destructive') {
    if (near('restorable') || mentions('restorable')) move(-1, 'it can be restored for a time or by a person');
    else if (isSmall(facts) && !has('bulk') && !signals.some((signal) => signal.id === 'irreversible'))
      move(-1, 'it is one small record');
  }
  if (category !== 'Read' && cue('sandboxed') && !near('executes-code')) move(-1, 'it works in a sandbox or test mode');
  else if (category === 'Execute' && cue('sandboxed') && near('executes-code'))
    move(-1, 'what it executes stays in a sandbox');
  if (category === 'Financial' && cue('dry-run')) move(-1, 'it is a preview');

  const high = severities.indexOf('High');
  const floor = (applies: boolean, why: string): void => {
    if (!applies || level >= high) return;
    level = high;
    reasons.push(`at least High: ${why}`);
  };
  floor(
    has('credentials') && (category !== 'Read' || returnsSecret(facts)),
    category === 'Read' ? 'it returns a secret' : 'it handles a secret',
  );
  floor(has('grants-access'), 'it grants access');
  floor(has('physical'), 'it acts on physical things');
  floor(has('external-communication'), 'it sends messages to others');
  return { severity: severities[level] as Severity, reasons };
}

function isSmall(facts: ToolFacts): boolean {
  const thing = facts.name.objectWord;
  return thing !== undefined && smallThings.has(thing);
}

/** A tool that lists names of secrets, or explains them, returns none. */
function returnsSecret(facts: ToolFacts): boolean {
  const main = facts.description.sentences[facts.description.mainSentence];
  const words = new Set([
    ...facts.name.words.map((word) => word.text),
    ...(main?.words ?? []).map((word) => word.text),
  ]);
  for (const word of [
    'list',
    'search',
    'count',
    'check',
    'validate',
    'verify',
    'docs',
    'documentation',
    'names',
    'metadata',
    'price',
    'prices',
    'holdings',
    'supply',
  ])
    if (words.has(word)) return false;
  return true;
}

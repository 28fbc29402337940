import type { ToolFacts } from '../facts.ts';
import type { AddSignal } from './signal.ts';

/** Adds the signals that cue phrases of the description give. */
export function addCues(facts: ToolFacts, add: AddSignal): void {
  const { description } = facts;
  if (description.tag === 'read') add('read-only', { source: 'description', start: 0, end: 0, rank: 'main' });
  for (const mention of description.cues) {
    const place = {
      source: 'description',
      start: mention.start,
      end: mention.end,
      rank: mention.inMainSentence ? 'main' : 'rest',
    } as const;
    if (mention.cue === 'irreversible') add('irreversible', place);
    if (mention.cue === 'does-not-change') add('does-not-change', place);
    if (mention.cue === 'omits' && saysRemoved(description, mention.start)) add('replaces-all', place);
    if (mention.negated) continue;
    if (mention.cue === 'read-only') add('read-only', place);
    if (mention.cue === 'replaces-all') add('replaces-all', place);
    if (mention.cue === 'restorable' && mention.inMainSentence) add('restorable', place);
    if (mention.cue === 'starts-billing') add(takesOn(facts) ? 'changes-obligation' : 'maybe-order', place);
    if (mention.cue === 'costs-money' && mention.inMainSentence && takesOn(facts)) add('changes-obligation', place);
    if (
      mention.cue === 'arbitrary' &&
      mention.inMainSentence &&
      executable.test(description.visible.text.slice(mention.start, mention.end + 40))
    ) {
      add('executes-code', place);
    }
  }
}

const executable =
  /\b(?:sql|quer(?:y|ies)|commands?|code|scripts?|requests?|api calls?|http|statements?|graphql|mutations?|javascript|python|shell)\b/i;

/** Verbs that take on something to pay for when the text speaks of payment. */
function takesOn(facts: ToolFacts): boolean {
  const verb = facts.name.verbs[0]?.verb.lemma;
  return (
    verb !== undefined &&
    /^(?:subscribe|renew|book|reserve|upgrade|order|enroll|extend|register|purchase|hire)$/.test(verb)
  );
}

/** The sentence around an offset says that something goes away. */
function saysRemoved(description: ToolFacts['description'], offset: number): boolean {
  const sentence = description.sentences.find((one) => one.start <= offset && offset < one.end);
  return (
    sentence?.words.some((word) =>
      /^(?:removed|deleted|dropped|cleared|lost|unassigned|detached|revoked|purged|erased)$/.test(word.text),
    ) ?? false
  );
}

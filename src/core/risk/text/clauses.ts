import { latinLemma, scriptLemmas } from '../lexicon/foreign.ts';
import { type NounClass, nounForms } from '../lexicon/nouns.ts';
import { type Verb, verbForms } from '../lexicon/verbs.ts';
import type { Sentence, Word } from './prose.ts';

/** A verb of a description together with what it is said of. */
export interface Act {
  readonly verb: Verb;
  /** Where the verb stands in the description. */
  readonly start: number;
  readonly end: number;
  /** The class of the thing acted on, as far as its noun is known. */
  readonly object: NounClass | undefined;
  /** The noun itself, or the last word of the noun phrase. */
  readonly objectWord: string | undefined;
  /** All words of the noun phrase. */
  readonly words: readonly string[];
  /** The noun phrase after `from`: `remove a user from the team`. */
  readonly from: readonly string[];
  readonly negated: boolean;
}

/** What one sentence says the tool does. */
export interface Clause {
  /** The verbs the sentence opens with: several when it says `create, update or delete`. */
  readonly lead: readonly Act[];
  /** `is deleted`, `will be overwritten`. */
  readonly passive: readonly Act[];
  /** True for conditions, advice about other tools and about when to call: what they name is not what this tool does. */
  readonly isAside: boolean;
}

// Words that stand before the verb and say nothing about the act.
const skipped = new Set(
  (
    'this the a an tool tools endpoint method function api command operation it you your users user they we i agent agents ai llm model client clients server service resource use used using uses useful ' +
    'will can may could must should would please to for that which who and then also or either optionally automatically safely securely quickly easily simply directly permanently immediately ' +
    'asynchronously synchronously recursively manually currently only just always first purpose description name note important warning critical mandatory danger caution deprecated experimental beta alpha new step action actions ' +
    'allows allow allowing lets let letting helps helping enables provides ability capability able designed intended responsible needs need wants want by in one single multiple simple advanced powerful specialized helper utility programmatically efficiently ' +
    'perform performs performing here main primary general generic basic try helpful required when do does call run-time'
  ).split(' '),
);
// After one of these the next verb is the act even when unknown words came before (`Service for sending …`).
const bridges = new Set('to that which for can will and or by lets allows'.split(' '));
const asideOpeners = new Set(
  'if when before after once unless while whenever otherwise instead see prefer consider avoid ensure remember requires prerequisite prerequisites tip tips e.g eg ideal best perfect useful suitable'.split(
    ' ',
  ),
);
const nounPhraseEnds = new Set(
  'in on from to for by with at via using that which when if as into based within through between during without before after where who whose like including and or per such so then under over across against about is are was'.split(
    ' ',
  ),
);
const measures = new Set(
  'list lists set collection details detail information info number count content contents copy batch group series range summary status version versions all any each some more one'.split(
    ' ',
  ),
);
const negations = new Set("not never no without cannot can't won't doesn't don't isn't nor neither".split(' '));
const auxiliaries = new Set('is are be been being was were get gets'.split(' '));
const enabling = new Set('allow allows enable enables let lets help helps'.split(' '));

/** Reads one sentence: the acts it opens with, the acts in the passive, and whether it is an aside. */
export function readClause(sentence: Sentence, text: string): Clause {
  const { words } = sentence;
  const opener = words[0]?.text ?? '';
  const isAside =
    asideOpeners.has(opener) ||
    (opener === 'use' &&
      words.some(
        (word, index) => index > 0 && index < 4 && (word.isName || word.text === 'instead' || word.text === 'when'),
      )) ||
    ((opener === 'do' || opener === "don't" || opener === 'not') && /^(?:not|use|for)$/.test(words[1]?.text ?? 'not'));
  return { lead: leadActs(words, text), passive: passiveActs(words), isAside };
}

function leadActs(words: readonly Word[], text: string): readonly Act[] {
  const acts: Act[] = [];
  let unknown = 0;
  let negated = false;
  for (let index = 0; index < Math.min(words.length, 14); index++) {
    const word = words[index] as Word;
    if (negations.has(word.text)) {
      negated = true;
      continue;
    }
    if (word.isName) {
      unknown++;
      continue;
    }
    if (enabling.has(word.text) && words.slice(index + 1, index + 5).some((next) => next.text === 'to')) continue;
    const verb = verbOf(word);
    const isBridge = index > 0 && bridges.has((words[index - 1] as Word).text);
    if (verb !== undefined && verb.form !== 'ed' && (unknown === 0 || isBridge) && !isSkippedHere(words, index)) {
      addCoordinated(words, index, verb, negated, text, acts);
      return acts;
    }
    if (skipped.has(word.text) || /^\d+$/.test(word.text)) continue;
    unknown++;
    if (unknown > 6) break;
  }
  if (acts.length === 0 && words.length > 0) addScriptActs(words, acts);
  return acts;
}

/** `use`, `run` and the like are skipped when a better verb follows; `use` itself is no act. */
function isSkippedHere(words: readonly Word[], index: number): boolean {
  const word = (words[index] as Word).text;
  if (word === 'help' || word === 'helps')
    return words.slice(index + 1, index + 4).some((next) => next.text === 'to' || verbOf(next)?.form === 'base');
  if (!skipped.has(word)) return false;
  // `perform a search`, `performs an analysis`: the noun is the verb.
  return true;
}

/** The verb at `first` and those joined to it; a verb without a thing of its own shares that of the next. */
function addCoordinated(
  words: readonly Word[],
  first: number,
  verb: Verb,
  negated: boolean,
  text: string,
  acts: Act[],
): void {
  const joined: { readonly verb: Verb; readonly index: number }[] = [{ verb, index: first }];
  for (let index = first + 1; index < Math.min(words.length, first + 9) && joined.length < 5; index++) {
    const word = words[index] as Word;
    const next = verbOf(word);
    if (next === undefined || next.form !== verb.form) continue;
    const before = words[index - 1] as Word;
    const gap = text.slice(before.end, word.start);
    const isJoined =
      before.text === 'and' || before.text === 'or' || before.text === 'then' || gap.includes(',') || gap.includes('/');
    // A word that is also a noun is a verb here only right after the joint: `Create or update`, not `create tasks, comments`.
    const isNounToo = nounForms.has(word.text);
    if (isJoined && !(isNounToo && index - first > 2 && next.form === 'base')) joined.push({ verb: next, index });
  }
  let thing: Act | undefined;
  for (let at = joined.length - 1; at >= 0; at--) {
    const { verb: joinedVerb, index } = joined[at] as (typeof joined)[number];
    const own = actAt(words, index, joinedVerb, negated, joined[at + 1]?.index);
    thing =
      own.objectWord === undefined && thing !== undefined
        ? { ...thing, verb: joinedVerb, start: own.start, end: own.end }
        : own;
    acts.unshift(thing);
  }
}

function addScriptActs(words: readonly Word[], acts: Act[]): void {
  for (const word of words.slice(0, 6)) {
    if (word.text.charCodeAt(0) < 0x400) continue;
    for (const found of scriptLemmas(word.text)) {
      const verb = verbForms.get(found.lemma);
      if (verb === undefined) continue;
      acts.push({
        verb,
        start: word.start + found.at,
        end: word.start + found.at + found.length,
        object: undefined,
        objectWord: undefined,
        words: [],
        from: [],
        negated: false,
      });
      if (acts.length >= 4) return;
    }
  }
}

function passiveActs(words: readonly Word[]): readonly Act[] {
  let acts: Act[] | undefined;
  // From auxiliary to participle: auxiliaries are rarer than words that end like participles.
  for (let index = 0; index < words.length - 1; index++) {
    if (!auxiliaries.has((words[index] as Word).text)) continue;
    for (let next = index + 1; next <= Math.min(words.length - 1, index + 2); next++) {
      const word = words[next] as Word;
      const verb = word.isName ? undefined : verbForms.get(word.text);
      if (verb === undefined || (verb.form !== 'ed' && !sameParticiple.has(word.text))) continue;
      const negated = words.slice(Math.max(0, next - 4), next).some((near) => negations.has(near.text));
      acts ??= [];
      acts.push({
        verb,
        start: word.start,
        end: word.end,
        object: undefined,
        objectWord: undefined,
        words: [],
        from: [],
        negated,
      });
      break;
    }
  }
  return acts ?? none;
}

const none: readonly Act[] = [];
// Participles that look like the base form.
const sameParticiple = new Set(['set', 'reset', 'put', 'overwritten']);

/** The verb a word is a form of; foreign words in Latin script included. */
export function verbOf(word: Word): Verb | undefined {
  const verb = verbForms.get(word.text);
  if (verb !== undefined) return verb;
  const hyphen = word.text.indexOf('-');
  if (hyphen > 0) {
    // `re-run`, `bulk-delete`: the part that is a verb.
    const tail = verbForms.get(word.text.slice(hyphen + 1)) ?? verbForms.get(word.text.replace('-', ''));
    if (tail !== undefined) return tail;
  }
  const lemma = latinLemma(word.text);
  return lemma === undefined ? undefined : verbForms.get(lemma);
}

function actAt(words: readonly Word[], index: number, verb: Verb, negated: boolean, end = words.length): Act {
  const word = words[index] as Word;
  let object: NounClass | undefined;
  let objectWord: string | undefined;
  const phrase: string[] = [];
  let next = index + 1;
  for (; next < Math.min(end, index + 10); next++) {
    const candidate = words[next] as Word;
    if (candidate.text === 'of' && objectWord !== undefined && measures.has(objectWord)) {
      object = undefined;
      objectWord = undefined;
      continue;
    }
    if (nounPhraseEnds.has(candidate.text)) {
      const isOpen = objectWord === undefined && candidate.text !== 'from';
      const isMeasure =
        objectWord !== undefined &&
        measures.has(objectWord) &&
        (candidate.text === 'about' || candidate.text === 'for');
      if (!isOpen && !isMeasure) break;
      object = undefined;
      objectWord = undefined;
      continue;
    }
    phrase.push(candidate.text);
    if (candidate.text.length < 2 || determiners.has(candidate.text)) continue;
    object = nounForms.get(candidate.text) ?? object;
    objectWord = candidate.text;
  }
  return {
    verb,
    start: word.start,
    end: word.end,
    object,
    objectWord,
    words: phrase,
    from: phraseAfterFrom(words, next),
    negated,
  };
}

const determiners = new Set(
  'the an all any your its their this specific new existing given specified one more single multiple of current available'.split(
    ' ',
  ),
);

/** The words after `from`, looked for in the few words that follow the noun phrase. */
function phraseAfterFrom(words: readonly Word[], start: number): readonly string[] {
  for (let index = start; index < Math.min(words.length, start + 6); index++) {
    if ((words[index] as Word).text !== 'from') continue;
    const phrase: string[] = [];
    for (let next = index + 1; next < Math.min(words.length, index + 7); next++) {
      const { text } = words[next] as Word;
      if (nounPhraseEnds.has(text)) break;
      if (!determiners.has(text) && text.length > 1) phrase.push(text);
    }
    return phrase;
  }
  return [];
}

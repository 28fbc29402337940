import type { ToolFacts } from '../facts.ts';
import { nounForms } from '../lexicon/nouns.ts';
import { scanLanguages } from '../lexicon/query-languages.ts';
import { moneyWords, tradeWords } from '../lexicon/things.ts';
import type { Sense } from '../lexicon/verbs.ts';
import type { Parameter } from '../schema-facts.ts';

/** A verb with its things, wherever it was found. */
export interface View {
  readonly lemma: string;
  readonly sense: Sense;
  readonly words: readonly string[];
  readonly from: readonly string[];
  /** Something is put into something else, and not into memory only. */
  readonly into: boolean;
  readonly source: 'name' | 'description';
  readonly start: number;
  readonly end: number;
  readonly rank: 'name' | 'main' | 'rest';
}

export interface Context {
  readonly isAboutMoney: boolean;
  readonly isAboutTrade: boolean;
  readonly isScreen: boolean;
  readonly kinds: ReadonlySet<Parameter['kind']>;
  readonly restores: boolean;
  /** The name or the main sentence names a query language that can write. */
  readonly namesWritingLanguage: boolean;
  /** … or one that can only read. */
  readonly namesReadingLanguage: boolean;
  /** The main sentence speaks of accounts, wallets or payees. */
  readonly namesAccounts: boolean;
  /** The name or the main sentence says read-only, and not as a mere request. */
  readonly isReadOnly: boolean;
}

/** What bears on every act of the tool: its subject, its parameters, what the main sentence names. */
export function readContext(facts: ToolFacts): Context {
  let money = facts.server.nouns.has('money');
  let trade = facts.server.nouns.has('trade');
  const note = (word: string): void => {
    if (moneyWords.has(word)) money = true;
    else if (tradeWords.has(word)) trade = true;
  };
  for (const word of facts.server.words) note(word);
  for (const word of facts.name.words) note(word.text);
  const kinds = new Set<Parameter['kind']>();
  for (const parameter of facts.schema.parameters) {
    if (parameter.depth === 0) kinds.add(parameter.kind);
    for (const word of parameter.words) note(word);
  }
  let isScreen = facts.server.nouns.has('page') || facts.server.nouns.has('screen');
  const main = facts.description.sentences[facts.description.mainSentence];
  for (const word of main?.words ?? []) {
    note(word.text);
    if (nounForms.get(word.text) === 'screen') isScreen = true;
  }
  if (facts.name.words.some((word) => word.text === 'browser' || word.text === 'page')) isScreen = true;
  const restores = facts.description.cues.some(
    (mention) => mention.cue === 'restorable' && !mention.negated && mention.inMainSentence,
  );
  const isReadOnly =
    facts.description.cues.some(
      (mention) => mention.cue === 'read-only' && mention.inMainSentence && !mention.negated,
    ) ||
    facts.name.words.some(
      (word, index) =>
        word.text === 'readonly' || (word.text === 'read' && facts.name.words[index + 1]?.text === 'only'),
    );
  const near = new Set([...facts.name.words.map((word) => word.text), ...(main?.words ?? []).map((word) => word.text)]);
  const namesWritingLanguage =
    [...near].some((word) => scanLanguages.get(word) === 'writes') &&
    !near.has('select') &&
    !near.has('natural') &&
    !near.has('generate');
  const namesReadingLanguage = [...near].some((word) => scanLanguages.get(word) === 'reads');
  const namesAccounts = ['account', 'recipient', 'payee', 'beneficiary', 'wallet', 'bank', 'iban'].some((word) =>
    near.has(word),
  );
  return {
    namesWritingLanguage,
    namesReadingLanguage,
    namesAccounts,
    isReadOnly,
    isAboutMoney: money,
    isAboutTrade: trade,
    isScreen,
    kinds,
    restores,
  };
}

/** What name and description say the tool does, one view per act, the name first. */
export function* viewsOf(facts: ToolFacts): Generator<View> {
  const { name, description } = facts;
  const main = name.verbs[0];
  if (main !== undefined) {
    const word = name.words[main.index] as (typeof name.words)[number];
    const others = name.words.slice(name.from).map((other) => other.text);
    const fromAt = others.indexOf('from');
    const phraseEnd = others.findIndex(
      (other, index) =>
        index > main.index - name.from && /^(?:for|to|with|by|in|on|of|from|into|via|using|as|at)$/.test(other),
    );
    yield {
      lemma: main.verb.lemma,
      sense: main.verb.sense,
      words: (phraseEnd === -1 ? others : others.slice(0, phraseEnd)).filter((other) => other !== word.text),
      from: fromAt === -1 ? [] : others.slice(fromAt + 1),
      into: false,
      source: 'name',
      start: word.start,
      end: word.end,
      rank: 'name',
    };
  }
  if (description.state !== 'present') return;
  for (const [index, clause] of description.clauses.entries()) {
    const sentence = description.sentences[index] as (typeof description.sentences)[number];
    if (sentence.section !== 'main' || clause.isAside) continue;
    for (const act of clause.lead) {
      if (act.negated) continue;
      yield {
        lemma: act.verb.lemma,
        sense: act.verb.sense,
        words: act.words,
        from: act.from,
        into: putsInto(sentence, act.end),
        source: 'description',
        start: act.start,
        end: act.end,
        rank: index === description.mainSentence ? 'main' : 'rest',
      };
    }
    for (const act of clause.passive) {
      if (act.negated) continue;
      yield {
        lemma: act.verb.lemma,
        sense: act.verb.sense,
        words: [],
        from: [],
        into: false,
        source: 'description',
        start: act.start,
        end: act.end,
        rank: 'rest',
      };
    }
  }
}

/** `into` follows the act, and what follows it lasts longer than the call. */
function putsInto(
  sentence: { readonly words: readonly { readonly text: string; readonly start: number }[] },
  after: number,
): boolean {
  const at = sentence.words.findIndex((word) => word.start > after && word.text === 'into');
  if (at === -1) return false;
  return !sentence.words
    .slice(at + 1, at + 5)
    .some((word) => /^(?:memory|context|dataframe|variable|session|conversation|chat)$/.test(word.text));
}

import type { ToolFacts } from './facts.ts';
import { nounForms } from './lexicon/nouns.ts';
import { verbForms } from './lexicon/verbs.ts';
import type { Parameter } from './schema-facts.ts';
import { readSignals } from './signals/read-signals.ts';
import type { Signal } from './signals/signal.ts';

/**
 * One observation about a tool, in the form the model weighs: a family (`nv`, the verb of the name), a value (`delete`)
 * and where it was seen. Families are described in docs/classification.md.
 */
export interface Feature {
  readonly family: string;
  readonly value: string;
  readonly source: 'name' | 'description' | 'schema' | 'server' | 'whole';
  /** Offsets in the visible text of name or description; for `schema` the index of the parameter, else -1. */
  readonly start: number;
  readonly end: number;
}

// How much is read; what tools do is said early.
const restWordsMax = 60;
const parametersMax = 40;

/** Everything the model weighs about a tool. The same facts always give the same list. */
export function featuresOf(facts: ToolFacts, signals: readonly Signal[] = readSignals(facts)): readonly Feature[] {
  const features: Feature[] = [];
  const add = (family: string, value: string, source: Feature['source'], start = -1, end = -1): void => {
    features.push({ family, value, source, start, end });
  };
  const nameSense = addName(facts, add);
  const descriptionSense = addDescription(facts, add);
  addSchema(facts, nameSense, descriptionSense, add);
  add('nd', `${nameSense}|${descriptionSense}`, 'whole');
  for (const { id, rank, source, start, end } of signals)
    add(rank === 'name' ? 'kn' : rank === 'main' ? 'km' : 'kr', id, source, start, end);
  addAgreement(signals, add);
  for (const noun of facts.server.nouns) add('sv', noun, 'server');
  for (const noun of facts.server.nouns) {
    if (serverCrosses.has(noun))
      add('sx', `${descriptionSense === '-' ? nameSense : descriptionSense}|${noun}`, 'server');
  }
  return features;
}

type Add = (family: string, value: string, source: Feature['source'], start?: number, end?: number) => void;

/** Which decisions name and main sentence agree on, and which they disagree on. */
function addAgreement(signals: readonly Signal[], add: Add): void {
  const inName = signals.filter(({ rank }) => rank === 'name');
  const inMain = signals.filter(({ rank }) => rank === 'main');
  for (const one of inName) for (const other of inMain) add('kk', `${one.id}|${other.id}`, 'whole');
}

const serverCrosses = new Set([
  'money',
  'trade',
  'page',
  'code',
  'device',
  'message',
  'store',
  'credential',
  'machine',
]);

function addName(facts: ToolFacts, add: Add): string {
  const { name } = facts;
  const { words, from, verbs, object, objectWord } = name;
  const main = verbs[0];
  const sense = main?.verb.sense ?? '-';
  const lemma = main?.verb.lemma ?? '-';
  const mainWord = main === undefined ? undefined : words[main.index];
  add('nv', lemma, 'name', mainWord?.start, mainWord?.end);
  add('ns', sense, 'name', mainWord?.start, mainWord?.end);
  add('no', object ?? '-', 'name');
  if (object !== undefined) {
    add('nso', `${sense}|${object}`, 'name', mainWord?.start, mainWord?.end);
    add('nvo', `${lemma}|${object}`, 'name', mainWord?.start, mainWord?.end);
  }
  if (objectWord !== undefined) add('nvw', `${lemma}|${singular(objectWord)}`, 'name', mainWord?.start, mainWord?.end);
  add('nn', words.length - from > 4 ? '5+' : String(words.length - from), 'name');
  for (let index = from; index < words.length && index < from + 12; index++) {
    const word = words[index] as (typeof words)[number];
    if (index === main?.index || isProductWord(facts, word.text)) continue;
    add('nt', stem(word.text), 'name', word.start, word.end);
    if (index === from) add('n1', stem(word.text), 'name', word.start, word.end);
    if (index === words.length - 1) add('nl', stem(word.text), 'name', word.start, word.end);
  }
  for (const { verb, index } of verbs.slice(1, 4)) {
    const word = words[index] as (typeof words)[number];
    add('nos', verb.sense, 'name', word.start, word.end);
  }
  return sense;
}

function addDescription(facts: ToolFacts, add: Add): string {
  const { description } = facts;
  const { sentences, clauses, mainSentence, cues, tag, state } = description;
  add('d', state, 'description');
  if (tag !== undefined) add('tag', tag, 'description');
  if (state !== 'present') return '-';
  let mainSense = '-';
  const mainClause = clauses[mainSentence];
  if (mainClause !== undefined) {
    for (const [index, act] of mainClause.lead.entries()) {
      const { verb } = act;
      const no = act.negated ? '!' : '';
      if (index === 0 && !act.negated) mainSense = verb.sense;
      add(index === 0 ? 'dv' : 'dv2', no + verb.lemma, 'description', act.start, act.end);
      add(index === 0 ? 'ds' : 'ds2', no + verb.sense, 'description', act.start, act.end);
      if (act.object !== undefined) {
        add('dso', `${no}${verb.sense}|${act.object}`, 'description', act.start, act.end);
        add('dvo', `${no}${verb.lemma}|${act.object}`, 'description', act.start, act.end);
      }
      if (act.objectWord !== undefined)
        add('dvw', `${no}${verb.lemma}|${singular(act.objectWord)}`, 'description', act.start, act.end);
    }
    if (mainClause.lead.length === 0) add('dv', '-', 'description');
  }
  addListedVerbs(sentences[mainSentence], add);
  let restWords = 0;
  const seenIn = { m: new Set<string>(), r: new Set<string>(), t: new Set<string>() };
  for (const [index, sentence] of sentences.entries()) {
    const clause = clauses[index] as (typeof clauses)[number];
    const isMain = index === mainSentence;
    if (sentence.section === 'examples') continue;
    const place = isMain
      ? 'm'
      : sentence.section === 'main'
        ? clause.isAside
          ? 'a'
          : 'r'
        : sentence.section === 'returns'
          ? 't'
          : 'g';
    for (const act of clause.passive)
      add(
        act.negated ? 'pneg' : place === 'm' || place === 'r' ? 'ps' : 'pas',
        act.verb.sense,
        'description',
        act.start,
        act.end,
      );
    if (!isMain && sentence.section === 'main') {
      for (const act of clause.lead) {
        const family = act.negated ? 'rneg' : clause.isAside ? 'ras' : 'rs';
        add(family, act.verb.sense, 'description', act.start, act.end);
        if (family === 'rs') add('rv', act.verb.lemma, 'description', act.start, act.end);
      }
    }
    if (place === 'g') continue;
    const seen = seenIn[place === 'a' ? 'r' : place];
    const family = place === 'm' ? 'dm' : place === 't' ? 'dt' : 'dr';
    for (const word of sentence.words) {
      if (!isMain && restWords++ > restWordsMax) break;
      if (word.text.length < 3 || word.isName || stopWords.has(word.text) || isProductWord(facts, word.text)) continue;
      const value = stem(word.text);
      if (seen.has(value)) continue;
      seen.add(value);
      add(family, value, 'description', word.start, word.end);
    }
  }
  for (const mention of cues) {
    add(
      mention.inMainSentence ? 'cm' : 'c',
      (mention.negated ? '!' : '') + mention.cue,
      'description',
      mention.start,
      mention.end,
    );
  }
  return mainSense;
}

/** Every sense named in the main sentence: `append, update, and delete operations` deletes, wherever the verb stands. */
function addListedVerbs(sentence: ToolFacts['description']['sentences'][number] | undefined, add: Add): void {
  if (sentence === undefined) return;
  const seen = new Set<string>();
  for (const word of sentence.words.slice(0, 40)) {
    const verb = word.isName ? undefined : verbForms.get(word.text);
    if (
      verb === undefined ||
      verb.form === 'ed' ||
      (nounForms.has(word.text) && verb.form !== 'ing') ||
      seen.has(verb.sense)
    )
      continue;
    seen.add(verb.sense);
    add('dl', verb.sense, 'description', word.start, word.end);
  }
}

/** A word of the server's own name says which product it is, not what the tool does. */
function isProductWord(facts: ToolFacts, word: string): boolean {
  return facts.server.words.has(word) && !verbForms.has(word) && !nounForms.has(word);
}

const crossedKinds = new Set<Parameter['kind']>([
  'code',
  'sql',
  'query',
  'money',
  'recipient',
  'payload',
  'url',
  'path',
  'output-path',
  'force',
  'dry-run',
  'credential',
  'id',
  'filter',
  'coordinates',
  'schedule',
]);

function addSchema({ schema }: ToolFacts, nameSense: string, descriptionSense: string, add: Add): void {
  add('s', schema.state, 'schema');
  if (schema.state === 'missing') return;
  const top = schema.parameters.filter((parameter) => parameter.depth === 0);
  add(
    'pn',
    top.length === 0
      ? '0'
      : top.length === 1
        ? '1'
        : top.length === 2
          ? '2'
          : top.length <= 5
            ? '3-5'
            : top.length <= 10
              ? '6-10'
              : '11+',
    'schema',
  );
  const kinds = new Set<string>();
  const sense = descriptionSense === '-' ? nameSense : descriptionSense;
  const seen = new Set<string>();
  for (const [index, parameter] of schema.parameters.entries()) {
    if (index >= parametersMax * 2) break;
    const { kind } = parameter;
    if (parameter.depth > 0) {
      if (kind !== undefined && !seen.has(`k${kind}`)) {
        seen.add(`k${kind}`);
        add('pdk', kind, 'schema', index);
      }
      continue;
    }
    if (index >= parametersMax) continue;
    for (const word of parameter.words) {
      const value = stem(word);
      if (seen.has(value) || value.length < 2) continue;
      seen.add(value);
      add('pt', value, 'schema', index);
    }
    if (kind === undefined) continue;
    const marked = parameter.isRequired ? `${kind}*` : kind;
    if (kinds.has(marked)) continue;
    kinds.add(marked);
    add('pk', marked, 'schema', index);
    if (crossedKinds.has(kind)) add('px', `${sense}|${marked}`, 'schema', index);
    if (kind === 'action' && parameter.values !== undefined) addActionValues(parameter.values, index, add);
  }
  const onlyReads = top.every(
    (parameter) => parameter.kind === 'filter' || parameter.kind === 'query' || parameter.kind === 'id',
  );
  if (top.length > 0 && onlyReads)
    add('po', top.every((parameter) => parameter.kind === 'id') ? 'ids' : 'filters', 'schema');
  if (top.length > 0 && top.every((parameter) => parameter.kind !== 'payload')) add('po', 'no-payload', 'schema');
}

function addActionValues(values: readonly string[], index: number, add: Add): void {
  const found = new Set<string>();
  for (const value of values.slice(0, 40)) {
    const [first] = value.split(/[^A-Za-z]+|(?=[A-Z])/, 1);
    const sense = first === undefined ? undefined : verbForms.get(first.toLowerCase())?.sense;
    if (sense !== undefined) found.add(sense);
  }
  for (const sense of found) add('pe', sense, 'schema', index);
}

/** The lemma of a verb form, the singular of a plural; other words stay as they are. */
function stem(word: string): string {
  const verb = verbForms.get(word);
  if (verb !== undefined && (verb.form !== 's' || !nounForms.has(word))) return verb.lemma;
  return singular(word);
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is'))
    return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

const stopWords = new Set(
  'the and for with from this that your you its are can will all any new one has have into using use used via per not but was been being which when then than also each other such only our their they them these those what who how tool tools args arg str int bool dict list optional default required true false none null string number boolean object array param parameter parameters returns return'.split(
    ' ',
  ),
);

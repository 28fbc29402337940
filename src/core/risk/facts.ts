import type { ToolDefinition } from './definition.ts';
import { type Cue, cuesAt } from './lexicon/cues.ts';
import { latinLemma, scriptLemmas } from './lexicon/foreign.ts';
import { type NounClass, nounForms } from './lexicon/nouns.ts';
import { type Verb, verbForms } from './lexicon/verbs.ts';
import { readSchema, type SchemaFacts } from './schema-facts.ts';
import { type Clause, readClause } from './text/clauses.ts';
import { type IdentifierWord, splitIdentifier } from './text/identifier.ts';
import { readSentences, type Sentence } from './text/prose.ts';
import { type VisibleText, visibleText } from './text/visible.ts';

/** Everything the classifier knows about one tool, read from its definition once. No judgement yet. */
export interface ToolFacts {
  readonly name: NameFacts;
  readonly description: DescriptionFacts;
  readonly schema: SchemaFacts;
  readonly server: ServerFacts;
}

export interface NameFacts {
  readonly visible: VisibleText;
  /** All words of the name. */
  readonly words: readonly IdentifierWord[];
  /** Index of the first word that is not the server's prefix. */
  readonly from: number;
  /** The verbs of the name with the index of their word, the main one first. */
  readonly verbs: readonly { readonly verb: Verb; readonly index: number }[];
  /** The class and word of the thing the name is about: its last known noun that is not the main verb. */
  readonly object: NounClass | undefined;
  readonly objectWord: string | undefined;
}

export interface DescriptionFacts {
  readonly visible: VisibleText;
  /** `boilerplate`: placeholders and text of the page the definition was copied from. */
  readonly state: 'missing' | 'boilerplate' | 'present';
  readonly sentences: readonly Sentence[];
  readonly clauses: readonly Clause[];
  /** Index of the sentence that says what the tool does, or -1. */
  readonly mainSentence: number;
  readonly cues: readonly CueMention[];
  /** `[WRITE]`, `(read-only)`: a tag the author put at the beginning or the end. */
  readonly tag: 'read' | 'write' | 'destructive' | undefined;
}

export interface CueMention {
  readonly cue: Cue;
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  readonly inMainSentence: boolean;
}

export interface ServerFacts {
  readonly words: ReadonlySet<string>;
  readonly nouns: ReadonlySet<NounClass>;
  /** The first word of nearly all its tools' names, if they share one. */
  readonly sharedPrefix: string | undefined;
}

export function readFacts(tool: ToolDefinition): ToolFacts {
  const server = readServer(tool);
  return {
    name: readName(tool, server),
    description: readDescription(tool),
    schema: readSchema(tool.inputSchema),
    server,
  };
}

const prefixNoise = new Set(['mcp', 'api', 'tool', 'tools', 'v1', 'v2', 'v3', 'the', 'my']);

function readName(tool: ToolDefinition, server: ServerFacts): NameFacts {
  const visible = visibleText(tool.name);
  const words = splitIdentifier(visible.text);
  const shared = words.length > 1 && server.sharedPrefix === words[0]?.text ? 1 : 0;
  let from = 0;
  while (from < words.length - 1) {
    const word = words[from] as IdentifierWord;
    const next = words[from + 1] as IdentifierWord;
    const isVerb = nameVerb(word.text) !== undefined;
    const nextIsVerb = nameVerb(next.text) !== undefined;
    const isPrefix =
      from < shared || prefixNoise.has(word.text) || server.words.has(word.text) || /^\d+$/.test(word.text);
    if (!isPrefix || (isVerb && !nextIsVerb)) break;
    from++;
  }
  const verbs = nameVerbs(words, from);
  let object: NounClass | undefined;
  let objectWord: string | undefined;
  const main = verbs[0]?.index ?? -1;
  for (let index = words.length - 1; index >= from; index--) {
    if (index === main) continue;
    const word = (words[index] as IdentifierWord).text;
    if (/^\d+$|^(?:by|for|from|to|in|of|and|with|via|all|batch|bulk|multiple)$/.test(word)) continue;
    const kind = nounForms.get(word);
    // What follows `by`, `for`, `from`, `in` only says which one is meant.
    const before = words[index - 1]?.text;
    if (kind !== undefined && object === undefined) {
      object = kind;
      objectWord = word;
    }
    if (before === 'by' || before === 'for' || before === 'from' || before === 'in' || before === 'to') {
      if (index - 1 > from) {
        object = undefined;
        objectWord = undefined;
      }
    }
    objectWord ??= word;
  }
  return { visible, words, from, verbs, object, objectWord };
}

/** The verb a word of a name stands for. An `-s` form of a name is a plural, unless no such noun exists. */
function nameVerb(word: string): Verb | undefined {
  const verb = verbForms.get(word);
  if (verb !== undefined) {
    if (verb.form === 'base') return verb;
    if (verb.form === 's' && !nounForms.has(word)) return verb;
    if (verb.form === 'ing' && !nounForms.has(word)) return verb;
    return undefined;
  }
  const lemma = latinLemma(word);
  if (lemma !== undefined) return verbForms.get(lemma);
  if (word.charCodeAt(0) >= 0x400) {
    const [found] = scriptLemmas(word);
    if (found !== undefined) return verbForms.get(found.lemma);
  }
  return undefined;
}

function nameVerbs(words: readonly IdentifierWord[], from: number): readonly { verb: Verb; index: number }[] {
  const found: { verb: Verb; index: number; strength: number }[] = [];
  for (let index = from; index < words.length; index++) {
    const word = (words[index] as IdentifierWord).text;
    const verb = nameVerb(word);
    if (verb === undefined) continue;
    const isNounToo = nounForms.has(word) && weakVerbs.has(word);
    const isFirst = index === from;
    const isLast = index === words.length - 1;
    // `order_cancel`, `log_delete`: a first word that is usually a noun yields to a verb that is only a verb.
    const strength = (isNounToo ? 0 : 4) + (isFirst ? 3 : isLast ? 2 : 1);
    found.push({ verb, index, strength });
  }
  return found.sort((a, b) => b.strength - a.strength || a.index - b.index);
}

// Verbs that stand in names as nouns more often than as verbs, unless they come first and alone.
const weakVerbs = new Set(
  'issue order query search report record log test build run job note email mail message comment post file list view display access account profile review rate vote feature form filter sort label tag track trade transfer deposit charge fund bid bet stake swap process schedule plan request response call play move state status format index count score rank chart graph plot screenshot draft quote bill purchase release package bundle stage commit store cache backup snapshot mirror fork copy export import notify share chat question answer map link block lock flag pin star like favorite follow subscribe group function script service sample example ping health monitor audit trace debug benchmark estimate forecast design model image name number time exchange return result supply surface match document guide help focus scale power boot launch end exit start stop switch toggle watch control act action claim bridge burn mint mark finish close open complete public safe detail'.split(
    ' ',
  ),
);

const placeholder =
  /^(?:description not available|no description(?: available| provided)?|tool description not accessible|n\/?a|todo|tbd|none|null|undefined|-+|\.+|description|.{0,40}tool description)\b[\s\S]{0,60}$/i;

// Buttons of a catalogue page that were copied with the text.
const pageChrome = /^\s*(?:Deploy Server|Claim Server)\b[\s\S]{0,200}?\bTry in Playground\b/;

function readDescription(tool: ToolDefinition): DescriptionFacts {
  const given = visibleText(tool.description ?? '');
  const chrome = pageChrome.exec(given.text)?.[0].length ?? 0;
  const visible =
    chrome === 0
      ? given
      : { text: given.text.slice(chrome), offsetOf: (offset: number): number => given.offsetOf(offset + chrome) };
  const text = visible.text;
  const trimmed = text.trim();
  const isMissing = trimmed === '' && chrome === 0;
  const isBoilerplate = !isMissing && (trimmed === '' || placeholder.test(trimmed) || isEchoOfName(trimmed, tool.name));
  const sentences = isMissing ? [] : readSentences(text);
  const clauses = sentences.map((sentence) => readClause(sentence, text));
  const mainSentence = findMainSentence(sentences, clauses);
  return {
    visible,
    state: isMissing ? 'missing' : isBoilerplate ? 'boilerplate' : 'present',
    sentences,
    clauses,
    mainSentence,
    cues: readCues(sentences, mainSentence),
    tag: readTag(trimmed),
  };
}

/** A description that repeats the name says nothing the name does not say. */
function isEchoOfName(description: string, name: string): boolean {
  if (description.length > 80) return false;
  const plain = (value: string): string => value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return plain(description) === plain(name);
}

function findMainSentence(sentences: readonly Sentence[], clauses: readonly Clause[]): number {
  for (let index = 0; index < sentences.length && index < 6; index++) {
    const clause = clauses[index] as Clause;
    if ((sentences[index] as Sentence).section === 'main' && !clause.isAside && clause.lead.length > 0) return index;
  }
  return sentences.findIndex((sentence) => sentence.section === 'main');
}

const negatingWords = new Set("not never no without cannot can't won't doesn't don't isn't non".split(' '));

function readCues(sentences: readonly Sentence[], mainSentence: number): readonly CueMention[] {
  const cues: CueMention[] = [];
  for (let index = 0; index < sentences.length && cues.length < 40; index++) {
    const { words, section } = sentences[index] as Sentence;
    if (section === 'examples') continue;
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      if (word === undefined || word.isName) continue;
      for (const { cue, length } of cuesAt(words, at)) {
        cues.push({
          cue,
          start: word.start,
          end: (words[at + length - 1] ?? word).end,
          negated: isNegated(words, at),
          inMainSentence: index === mainSentence,
        });
      }
    }
  }
  return cues;
}

function isNegated(words: Sentence['words'], at: number): boolean {
  for (let before = at - 1; before >= Math.max(0, at - 3); before--) {
    if (negatingWords.has(words[before]?.text ?? '')) return true;
  }
  return false;
}

const tagPattern =
  /^[\s*_`⚠✓!]*[[({<]\s*(read(?:[-\s]?only)?|write|destructive|dangerous|mutation|mutating|safe)\s*[\])}>]|[[(]\s*(read[-\s]?only|write|destructive)\s*[\])]\s*\.?\s*$/i;

function readTag(description: string): DescriptionFacts['tag'] {
  const found =
    description.length < 4_000 ? tagPattern.exec(description) : tagPattern.exec(description.slice(0, 4_000));
  const tag = (found?.[1] ?? found?.[2])?.toLowerCase();
  if (tag === undefined) return undefined;
  if (tag.startsWith('read') || tag === 'safe') return 'read';
  return tag === 'destructive' || tag === 'dangerous' ? 'destructive' : 'write';
}

const serverCache = new WeakMap<object, ServerFacts>();

function readServer(tool: ToolDefinition): ServerFacts {
  if (tool.server === undefined) return noServer;
  const known = serverCache.get(tool.server);
  if (known !== undefined) return known;
  const words = new Set<string>();
  for (const text of [tool.server.name, tool.server.title]) {
    if (text !== undefined) for (const word of splitIdentifier(text)) words.add(word.text);
  }
  const nouns = new Set<NounClass>();
  const about = `${tool.server.name ?? ''} ${tool.server.title ?? ''} ${(tool.server.description ?? '').slice(0, 600)}`;
  for (const word of splitIdentifier(about.slice(0, 500))) {
    const kind = nounForms.get(word.text);
    if (kind !== undefined) nouns.add(kind);
  }
  const facts = { words, nouns, sharedPrefix: sharedPrefixOf(tool.server.siblings ?? []) };
  serverCache.set(tool.server, facts);
  return facts;
}

const noServer: ServerFacts = { words: new Set(), nouns: new Set(), sharedPrefix: undefined };

// Enough names to see a habit, and a bound for servers with a hundred thousand tools.
const siblingsRead = 40;

function sharedPrefixOf(siblings: readonly string[]): string | undefined {
  if (siblings.length < 4) return undefined;
  const sample = siblings.slice(0, siblingsRead);
  const firsts = new Map<string, number>();
  for (const sibling of sample) {
    const first = splitIdentifier(sibling)[0]?.text;
    if (first !== undefined) firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  for (const [first, count] of firsts) if (count >= 4 && count / sample.length >= 0.8) return first;
  return undefined;
}

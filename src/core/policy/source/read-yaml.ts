import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
} from 'yaml';
import { readJsonText } from '../../mcp/json/read.ts';
import type { JsonValue } from '../../mcp/json/value.ts';
import { err, ok, type Result } from '../../result.ts';
import { childPointer } from '../pointer.ts';
import { type PolicyProblem, problemsMax } from '../problem.ts';
import { type PolicySource, type SourcePlace, sourceBounds } from './policy-source.ts';
import type { PolicyReading } from './read-policy-text.ts';

/**
 * Reads a policy written in YAML 1.2 (core schema) as the JSON value it stands for. One document; no anchors, aliases,
 * tags, merge keys, complex keys or directives other than `%YAML 1.2`: they say the same thing in two ways, or make a
 * small text large. Duplicate keys are listed and the last wins, for the sake of what else can be told.
 */
export function readYaml(text: string): PolicyReading {
  const lines = new LineCounter();
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refusal = (offset: number, message: string): PolicyReading => ({
    problems: [{ pointer: '', message, ...placeAt(offset) }],
  });

  if (isTooLarge(text)) return refusal(0, 'The text is larger than 1 MiB.');
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) return refusal(0, 'The text begins with a byte order mark; remove it.');
  if (!text.isWellFormed()) return refusal(0, 'The text holds half of a surrogate pair.');

  const scan = scanTokens(text, lines);
  if (!scan.ok) return refusal(scan.error.at, scan.error.message);
  const documents = [
    ...new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false }).compose(scan.value),
  ];
  const [document, second] = documents;
  if (document === undefined)
    return refusal(0, 'The text is empty; a policy is an object with `version` and `default`.');
  const walk = new YamlWalk(placeAt);
  for (const error of [...document.errors, ...document.warnings]) {
    walk.report(error.pos[0], '', `This is not YAML 1.2 as policies use it: ${firstLine(error.message)}`);
  }
  if (second !== undefined)
    walk.report(second.range[0], '', 'A policy is one YAML document; a second one begins here.');
  if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
    walk.report(0, '', 'The `%YAML` directive must name version 1.2.');
  }
  if (document.errors.length > 0 || second !== undefined) return { problems: walk.problems };
  if (document.contents === null)
    return refusal(0, 'The text is empty; a policy is an object with `version` and `default`.');

  const value = walk.value(document.contents, '');
  return { source: { value, placeOf: walk.placeOf }, problems: walk.problems };
}

const BYTE_ORDER_MARK = 0xfeff;
/** A policy of 10,000 rules in 1 MiB has a third of it. Parsing and composing take a few µs a lexeme. */
const lexemesMax = 600_000;

/** The tokens of the text; refuses what is deeper or larger than allowed before anything recurses over it. */
function scanTokens(text: string, lines: LineCounter): Result<CST.Token[], { at: number; message: string }> {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > lexemesMax)
      return err({ at: parser.offset, message: 'The text has more values and keys than a policy may.' });
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The document itself and a scalar that is being read are on the stack too.
    if (parser.stack.length > sourceBounds.depth + 2) {
      return err({ at: parser.offset, message: 'Objects and lists are nested deeper than 32 levels.' });
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return ok(tokens);
}

class YamlWalk {
  readonly problems: PolicyProblem[] = [];
  readonly placeOf: PolicySource['placeOf'];
  readonly report: (offset: number, pointer: string, message: string) => void;
  readonly #valueAt = new Map<string, number>();
  readonly #keyAt = new Map<string, number>();

  constructor(placeAt: (offset: number) => SourcePlace) {
    this.report = (offset, pointer, message) => {
      if (this.problems.length < problemsMax) this.problems.push({ pointer, message, ...placeAt(offset) });
    };
    this.placeOf = (pointer, part) => {
      const offset = (part === 'key' ? this.#keyAt.get(pointer) : undefined) ?? this.#valueAt.get(pointer);
      return offset === undefined ? undefined : placeAt(offset);
    };
  }

  value(node: Node | null, pointer: string, fallbackAt = 0): JsonValue {
    const at = node?.range?.[0] ?? fallbackAt;
    this.#valueAt.set(pointer, at);
    if (node === null) return null;
    if (isAlias(node)) {
      this.report(at, pointer, 'Aliases are not allowed; write the value out.');
      return null;
    }
    if (node.anchor !== undefined) this.report(at, pointer, 'Anchors are not allowed; write the value out.');
    if (node.tag !== undefined) this.report(at, pointer, 'Tags are not allowed.');
    if (isMap(node)) return this.#members(node.items, pointer, at);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.value(item as Node | null, childPointer(pointer, index), at));
    }
    return isScalar(node) ? this.#scalar(node, pointer, at) : null;
  }

  #members(pairs: readonly { key: unknown; value: unknown }[], pointer: string, at: number): JsonValue {
    const object: Record<string, JsonValue> = {};
    for (const pair of pairs) {
      // With no custom schema a pair's key and value are nodes or null.
      const key = pair.key as Node | null;
      const keyAt = key?.range?.[0] ?? at;
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string' || key?.anchor !== undefined || key?.tag !== undefined) {
        this.report(keyAt, pointer, 'A key must be a plain string; put numbers, true, false and null in quotes.');
        continue;
      }
      const child = childPointer(pointer, name);
      if (name === '<<') this.report(keyAt, child, 'Merge keys are not allowed; write the members out.');
      if (!isCleanText(name)) this.report(keyAt, child, 'A key holds U+0000 or half of a surrogate pair.');
      if (Object.hasOwn(object, name)) this.report(keyAt, child, 'This key occurs twice in one object.');
      this.#keyAt.set(child, keyAt);
      const value = this.value(pair.value as Node | null, child, keyAt);
      Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return object;
  }

  #scalar(node: Scalar, pointer: string, at: number): JsonValue {
    const { value } = node;
    if (typeof value === 'string') {
      if (!value.isWellFormed()) this.report(at, pointer, 'A string holds half of a surrogate pair.');
      return value;
    }
    if (value === null || typeof value === 'boolean') return value;
    const source = node.source ?? '';
    const number = readJsonText(source, { bytes: 200, depth: 0, nodes: 1 });
    if (number.ok) return number.value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    this.report(at, pointer, `Write this number as JSON does (${number.error.reason.replaceAll('_', ' ')}).`);
    return 0;
  }
}

function isTooLarge(text: string): boolean {
  if (text.length * 3 <= sourceBounds.bytes) return false;
  return text.length > sourceBounds.bytes || new TextEncoder().encode(text).length > sourceBounds.bytes;
}

function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

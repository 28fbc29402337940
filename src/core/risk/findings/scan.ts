import type { ToolDefinition } from '../definition.ts';
import type { Finding } from '../record.ts';
import { isRecord } from '../schema-facts.ts';
import { encodedText } from './encoded.ts';
import { glanceAt } from './glance.ts';
import { disguisedName, invisibleText } from './invisible.ts';
import { phrases } from './phrases.ts';
import { quoteAt } from './quote.ts';

/**
 * Reads every text of a definition that can reach a model: name, title, description, annotations, and all strings of both
 * schemas, keys included. Bounded in characters, strings and depth; what was left unread is itself a finding.
 */
export function scanDefinition(tool: ToolDefinition): readonly Finding[] {
  const scan: Scan = { findings: [], charactersLeft: charactersMax, stringsLeft: stringsMax, isCut: false };
  readText(tool.name, '/name', 'name', scan);
  if (tool.title !== undefined) readText(tool.title, '/title', 'prose', scan);
  if (tool.description !== undefined) readText(tool.description, '/description', 'prose', scan);
  if (tool.annotations?.title !== undefined) readText(tool.annotations.title, '/annotations/title', 'prose', scan);
  readSchemaTexts(tool.inputSchema, '/inputSchema', 0, scan);
  readSchemaTexts(tool.outputSchema, '/outputSchema', 0, scan);
  if (scan.isCut) {
    scan.findings.push({
      kind: 'unread',
      severity: 'Medium',
      at: '',
      quote: '',
      says: `is too large to read in full: more than ${charactersMax} characters, ${stringsMax} texts or ${depthMax} levels`,
    });
  }
  return scan.findings;
}

// The largest real definition is under 100,000 characters; a hostile one may be any size.
const charactersMax = 400_000;
const stringsMax = 20_000;
const depthMax = 24;
const findingsMax = 40;

interface Scan {
  readonly findings: Finding[];
  charactersLeft: number;
  stringsLeft: number;
  isCut: boolean;
}

function readText(given: string, at: string, kind: 'name' | 'prose', scan: Scan): void {
  if (scan.stringsLeft-- <= 0 || scan.charactersLeft <= 0) {
    scan.isCut = true;
    return;
  }
  const text = given.length > scan.charactersLeft ? given.slice(0, scan.charactersLeft) : given;
  if (text.length < given.length) scan.isCut = true;
  scan.charactersLeft -= text.length;
  const first = glanceAt(text);
  const hidden = first.hasOddCharacters ? invisibleText(text, at, kind) : undefined;
  if (hidden !== undefined) add(hidden.finding, scan);
  if (kind === 'name' && first.hasOddCharacters) {
    const disguise = disguisedName(text, at);
    if (disguise !== undefined) add(disguise, scan);
  }
  const readable = hidden?.visible ?? text;
  const glance = hidden === undefined ? first : glanceAt(readable);
  if (glance.longestRun >= 40) {
    const encoded = encodedText(readable, at);
    if (encoded !== undefined) add(encoded, scan);
  }
  for (const index of glance.phrases ?? []) {
    const { kind: phraseKind, severity, pattern, says } = phrases[index] as (typeof phrases)[number];
    const match = pattern.exec(readable);
    if (match === null) continue;
    const end = match.index + match[0].length;
    add(
      {
        kind: phraseKind,
        severity,
        at: `${at}@${match.index}-${end}`,
        quote: quoteAt(readable, match.index, end),
        says,
      },
      scan,
    );
  }
  // Texts taken out of hiding are read as well: tag characters spell ASCII.
  if (hidden?.decoded !== undefined) readText(hidden.decoded, at, 'prose', scan);
}

function add(finding: Finding, scan: Scan): void {
  if (scan.findings.length < findingsMax) scan.findings.push(finding);
}

const proseKeys = new Set([
  'description',
  'title',
  '$comment',
  'default',
  'const',
  'examples',
  'example',
  'enum',
  'errorMessage',
  'markdownDescription',
  'deprecationMessage',
]);

function readSchemaTexts(value: unknown, at: string, depth: number, scan: Scan): void {
  if (depth > depthMax) {
    scan.isCut = true;
    return;
  }
  if (scan.charactersLeft <= 0 || scan.stringsLeft <= 0) {
    if (value !== undefined && value !== null) scan.isCut = true;
    return;
  }
  if (typeof value === 'string') {
    readText(value, at, 'prose', scan);
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (scan.stringsLeft-- <= 0) {
        scan.isCut = true;
        return;
      }
      readSchemaTexts(value[index], `${at}/${index}`, depth + 1, scan);
    }
    return;
  }
  if (!isRecord(value)) return;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (scan.stringsLeft-- <= 0) {
      scan.isCut = true;
      return;
    }
    const member = value[key];
    const path = `${at}/${key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key}`;
    if (key === '$ref' && typeof member === 'string') {
      if (/^(?:https?|file|ftp):/i.test(member))
        add(
          {
            kind: 'remote-reference',
            severity: 'Medium',
            at: path,
            quote: quoteAt(member, 0, member.length),
            says: 'refers to a schema elsewhere, which may change or point inwards',
          },
          scan,
        );
      continue;
    }
    if (typeof member === 'string' && !proseKeys.has(key)) {
      // `type`, `format`, `pattern` and the like reach the model too, but are short and closed.
      if (member.length > 40) readText(member, path, 'prose', scan);
      else scan.charactersLeft -= member.length;
    } else readSchemaTexts(member, path, depth + 1, scan);
    if (key.length > 3 && !proseKeys.has(key)) readText(key, path, 'prose', scan);
  }
}

import type { ToolDefinition } from '../definition.ts';
import type { Finding } from '../record.ts';
import { isRecord } from '../schema-facts.ts';
import { encodedText } from './encoded.ts';
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

// One cheap test first: a text without any of these words or characters matches no phrase below.
const trigger =
  /ignore|ignoring|disregard|forget|overrid|overrul|bypass|set aside|follow|act as|you are|pretend|assume the|behave as|from now on|must now|\[\s*(?:system|role|admin|root|developer|override|hidden|secret|privileged|internal)|directive|system|<\||\[inst|\[\/inst|<<|<\/?(?:hidden|secret|admin|override|sys|developer|assistant|internal|important|critical|mandatory|urgent|attention|note_to|ai|llm)|<!--|(?:note|message|instructions?|attention) (?:to|for)|tell|inform|mention|reveal|disclos|notify|notified|alert|warn|secret|hidden|hide |without|must not|should not|must never|never|behind|covert|stealth|silent|quiet|surrept|discreet|exfiltrat|steal|harvest|\.ssh|id_rsa|id_ed|\/etc\/|credentials|mcp\.json|\.env|_config|keychain|conversation|chat|prompt|messages|api[ _-]?key|token|password|private key|seed phrase|environment var|env var|cookie|bcc|attacker|attkr|evil|hacker|pwn|phish|tool|e-?mails?|payment|transfer|instead of|disabl|circumvent|evad|turn.{0,3} off|skip|jailbreak|god mode|unrestricted|developer mode|no restrictions|trust |approve|confirm|accept all|escalat|elevat|simulate|priority|authority|precedence|curl|wget|iwr|invoke-web|iex|suppress|defeat|malicious|compromised|chain[- ]of|reasoning/i;

function readText(given: string, at: string, kind: 'name' | 'prose', scan: Scan): void {
  if (scan.stringsLeft-- <= 0 || scan.charactersLeft <= 0) {
    scan.isCut = true;
    return;
  }
  const text = given.length > scan.charactersLeft ? given.slice(0, scan.charactersLeft) : given;
  if (text.length < given.length) scan.isCut = true;
  scan.charactersLeft -= text.length;
  const hidden = invisibleText(text, at, kind);
  if (hidden !== undefined) add(hidden.finding, scan);
  const readable = hidden?.visible ?? text;
  if (kind === 'name') {
    const disguise = disguisedName(text, at);
    if (disguise !== undefined) add(disguise, scan);
  }
  if (secretFileName.test(readable))
    add(
      {
        kind: 'exfiltration',
        severity: 'Critical',
        at,
        quote: quoteAt(readable, 0, Math.min(readable.length, 80)),
        says: 'is named after the contents of a file of secrets',
      },
      scan,
    );
  if (readable.length < 8) return;
  if (readable.length >= 40) {
    const encoded = encodedText(readable, at);
    if (encoded !== undefined) add(encoded, scan);
  }
  if (!trigger.test(readable)) return;
  for (const { kind: phraseKind, severity, pattern, says } of phrases) {
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

const secretFileName =
  /^[\w-]*(?:content|contents|read|reading|data|dump|text)[\w-]*(?:ssh_key|ssh_private|id_rsa|id_ed25519|etc_passwd|etc_shadow|aws_cred|dotenv|env_file|private_key|mcp_json|bash_history)[\w-]*$|^[\w-]*(?:id_rsa|id_ed25519|etc_passwd|etc_shadow|mcp_json|bash_history)[\w-]*(?:content|contents|text|data|dump)[\w-]*$/i;

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

/** From `policyDocument` of a case to whole documents: a fragment is put where it belongs, a pattern into a condition. */
import { NotPlayable } from './client/placeholders.ts';

export interface Candidate {
  /** JSON or YAML, never written anew: duplicate keys must arrive. */
  readonly text: string;
  /** A pattern that an engine which goes back may hang on. */
  readonly pattern?: string;
}

/** Throws `NotPlayable` where nothing can be made of it. */
export function policyCandidates(given: unknown, title: string): Candidate[] {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  if (text === undefined) throw new NotPlayable('there is no document');
  const trimmed = text.trim();
  const isAboutPatterns = /regex|pattern/i.test(title) && !/["{:]/.test(trimmed);
  if (isAboutPatterns) return trimmed.split(/\s+,\s+|\n/).flatMap(patternDocuments);
  if (/^(?:version|default|tools|---|%YAML)\b.*/m.test(trimmed) && !trimmed.startsWith('{')) return [{ text }];
  if (trimmed.startsWith('{')) return [{ text: completed(trimmed, title) }];
  if (/^"[^"]+"\s*:/.test(trimmed)) return [{ text: completed(`{${trimmed}}`, title) }];
  const made = byWords(`${trimmed} ${title}`.toLowerCase());
  if (made !== undefined) return [{ text: made }];
  return [{ text }];
}

function patternDocuments(pattern: string): Candidate[] {
  return ['regex', 'matches'].map((op) => ({
    text: inTool(JSON.stringify({ deny_if: [{ path: 'args.q', op, value: pattern }] })),
    pattern,
  }));
}

const DOCUMENT = /"(?:tools|classes|methods|hide|hide_denied|all_tools|mode)"\s*:/;
const RULE =
  /"(?:require|deny_if|approve_if|limits|rate_limit|action|approval|validate_arguments|adds|blocked_by|record)"\s*:/;

/** A text of an object as a whole document. What is one already, or is no JSON, stays as it is. */
function completed(text: string, title: string): string {
  const keys = topKeys(text);
  const isAboutTheHead = /missing|version|default|empty/i.test(title);
  if (keys === undefined || keys.includes('version') || isAboutTheHead) return text;
  if (keys.includes('op') || keys.includes('path')) return inTool(`{"require":[${text}]}`);
  if (keys.includes('conditions')) return inTool(`{"require":[${text}]}`);
  if (keys.includes('window') || keys.includes('counter') || keys.includes('max'))
    return inTool(`{"limits":[${text}]}`);
  if (DOCUMENT.test(text))
    return splice(text, keys.includes('default') ? '"version":"1"' : '"version":"1","default":"deny"');
  if (RULE.test(text)) return inTool(text);
  return splice(text, '"version":"1","default":"deny"');
}

function topKeys(text: string): readonly string[] | undefined {
  try {
    return Object.keys(JSON.parse(text) as object);
  } catch {
    return undefined;
  }
}

function inTool(rule: string): string {
  return `{"version":"1","default":"deny","tools":{"search":${rule}}}`;
}

function splice(object: string, members: string): string {
  const inside = object.slice(1).trimStart();
  return `{${members}${inside.startsWith('}') ? '' : ','}${inside}`;
}

/** Documents too long to be written down. */
function byWords(words: string): string | undefined {
  if (/anchor|alias|billion|laugh/.test(words)) {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(',')}]`,
    );
    return `version: "1"\ndefault: deny\nl0: &l0 x\n${levels.join('\n')}\n`;
  }
  if (/deep|nest/.test(words)) return inTool(`{"require":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
  if (/large|huge|mib|million|100,000|too many/.test(words)) {
    const tools = Array.from({ length: 200_000 }, (_, index) => `"tool_${index}":{"action":"deny"}`);
    return `{"version":"1","default":"deny","tools":{${tools.join(',')}}}`;
  }
  return undefined;
}

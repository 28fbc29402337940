import { RE2JS, RE2JSException } from 're2js';
import { err, ok, type Result } from '../../result.ts';
import { patternCost } from './pattern-cost.ts';

/** A regular expression in RE2 syntax, compiled and warm. */
export interface LinearPattern {
  /** Whether the pattern occurs anywhere in the text; undefined when the text is too long to be asked. */
  readonly isFoundIn: (text: string) => boolean | undefined;
  /** Whether the pattern matches the whole text, to its very end; undefined when the text is too long to be asked. */
  readonly matchesAll: (text: string) => boolean | undefined;
}

export const patternBounds = {
  /** UTF-16 units; the longest pattern seen in public policies has 300. */
  length: 1000,
  /** Microseconds of compiling, estimated (see `patternCost`), for one pattern and for all different ones of a document. */
  cost: 20_000,
  documentCost: 150_000,
  /**
   * Characters × instructions. The engine is linear in each, at up to 15 ns a step when its automaton overflows, so
   * no text takes longer than about 0.1 s. A pattern of 40 instructions takes texts of 200,000 characters.
   */
  steps: 8_000_000,
} as const;

/**
 * The pattern, compiled for linear-time matching, or a sentence that says what is wrong with it. Look-ahead,
 * look-behind and back-references do not exist in RE2. The most recent patterns are kept, so that an edited policy
 * costs only what is new in it; they hold no state that could be seen.
 */
export function compilePattern(pattern: string): Result<LinearPattern, string> {
  const known = recent.get(pattern);
  if (known !== undefined) return known;
  const compiled = compileAfresh(pattern);
  if (recent.size >= recentMax) for (const oldest of recent.keys()) if (recent.delete(oldest)) break;
  recent.set(pattern, compiled);
  return compiled;
}

const recentMax = 2000;
const recent = new Map<string, Result<LinearPattern, string>>();

function compileAfresh(pattern: string): Result<LinearPattern, string> {
  if (pattern.length > patternBounds.length) return err('A pattern has at most 1,000 characters.');
  if (patternCost(pattern) > patternBounds.cost) return err('The pattern is too large; use smaller repetitions.');
  let engine: RE2JS;
  try {
    engine = RE2JS.compile(pattern);
    // Builds what the engine would otherwise build during the first call.
    engine.testExact('');
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return err(
      `This is not a regular expression in RE2 syntax: ${error.message.replace(/^error parsing regexp: /, '')}.`,
    );
  }
  const lengthMax = patternBounds.steps / engine.programSize();
  return ok({
    isFoundIn: (text) => (text.length > lengthMax ? undefined : engine.test(text)),
    matchesAll: (text) => (text.length > lengthMax ? undefined : engine.testExact(text)),
  });
}

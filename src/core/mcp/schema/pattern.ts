import { RE2JS } from 're2js';
import { err, ok, type Result } from '../../result.ts';
import { linearPattern } from './ecma-pattern.ts';
import type { SchemaLimits } from './limits.ts';
import type { Run } from './run.ts';

/** Whether a text matches somewhere, in linear time and within the steps of the run; false when the run was halted. */
export type PatternCheck = (text: string, run: Run) => boolean;

export interface CompiledPattern {
  readonly matches: PatternCheck;
  readonly size: number;
}

/** Compiles a pattern of a schema whose other patterns have `sizeSoFar`, or says why it is not supported. */
export function compilePattern(
  source: string,
  limits: SchemaLimits,
  sizeSoFar: number,
): Result<CompiledPattern, string> {
  if (source.length > limits.patternCharacters) return err(`is longer than ${limits.patternCharacters} characters`);
  const linear = linearPattern(source);
  if (!linear.ok) return linear;
  const { matches, alsoMatches, doesNotMatch, size } = linear.value;
  // Before it is compiled, since that is what takes the time.
  if (sizeSoFar + size > limits.patternSize) return err('makes the patterns of the schema too large together');
  const wanted = compileAll([matches, ...alsoMatches]);
  const unwanted = compileAll(doesNotMatch);
  if (wanted === undefined || unwanted === undefined) return err('is not supported by the linear-time matcher');
  const programs = [...wanted, ...unwanted].map((pattern) => pattern.programSize());
  const stepsPerCharacter = programs.reduce((sum, program) => sum + program + programStartSteps, 0);
  const check: PatternCheck = (text, run) =>
    run.spend(8 + text.length * stepsPerCharacter) &&
    wanted.every((pattern) => pattern.test(text)) &&
    !unwanted.some((pattern) => pattern.test(text));
  return ok({ matches: check, size });
}

function compileAll(texts: readonly string[]): readonly RE2JS[] | undefined {
  try {
    return texts.map((text) => RE2JS.compile(text));
  } catch {
    // What the matcher does not take is told by an exception.
    return undefined;
  }
}

// Measured: at worst (the matcher's cache of states overflows at every character) a character costs as much as 16
// instructions, and 85 ns for each instruction of the program besides; usually it costs a hundredth of that.
const programStartSteps = 16;

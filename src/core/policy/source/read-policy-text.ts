import { readJsonText } from '../../mcp/json/read.ts';
import { type JsonPosition, readJsonWithPositions } from '../../mcp/json/read-with-positions.ts';
import type { PolicyProblem } from '../problem.ts';
import { type PolicySource, sourceBounds } from './policy-source.ts';
import { readYaml } from './read-yaml.ts';

/** The formats a policy may be written in. */
export type PolicyFormat = 'json' | 'yaml';

/** What a policy text says, as far as it could be read, and what is wrong with the text itself. */
export interface PolicyReading {
  readonly source?: PolicySource;
  readonly problems: readonly PolicyProblem[];
}

/**
 * Reads a policy text, strictly and within `sourceBounds`. Without a format, a text that begins with `{` is JSON and
 * every other is YAML. Duplicate keys do not stop the reading, so that what else is wrong can be told as well.
 */
export function readPolicyText(text: string, format: PolicyFormat = formatOf(text)): PolicyReading {
  return format === 'yaml' ? readYaml(text) : readJsonPolicy(text);
}

function formatOf(text: string): PolicyFormat {
  return /^[ \t\r\n]*\{/.test(text) ? 'json' : 'yaml';
}

function readJsonPolicy(text: string): PolicyReading {
  const reading = readJsonText(text, sourceBounds);
  if (reading.ok) return { source: { value: reading.value, placeOf: lazyPlaces(text) }, problems: [] };

  const placed = readJsonWithPositions(text, sourceBounds);
  const problems = (placed.ok ? [] : placed.error).map(
    (problem): PolicyProblem => ({
      pointer: problem.pointer ?? '',
      message: problem.reason === 'duplicate_key' ? 'This key occurs twice in one object.' : problem.text,
      line: problem.place.line,
      column: problem.place.column,
    }),
  );
  // JSON is YAML too, and that reader goes on after a duplicate key.
  const tolerant = reading.error.reason === 'duplicate_key' ? readYaml(text) : undefined;
  return tolerant?.source === undefined ? { problems } : { source: tolerant.source, problems };
}

/** Positions are looked for when the first problem asks for one; a valid document never pays for them. */
function lazyPlaces(text: string): PolicySource['placeOf'] {
  let positions: ReadonlyMap<string, JsonPosition> | undefined;
  return (pointer, part) => {
    if (positions === undefined) {
      const result = readJsonWithPositions(text, sourceBounds);
      positions = result.ok ? result.value.positions : new Map();
    }
    const position = positions.get(pointer);
    return part === 'key' ? (position?.key ?? position?.value)?.start : position?.value.start;
  };
}

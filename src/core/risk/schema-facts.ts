import { type ParameterKind, parameterKind } from './lexicon/parameters.ts';
import { splitIdentifier } from './text/identifier.ts';

/**
 * What an input schema says, read once and within bounds: hostile schemas are cut off, never followed.
 * References are not resolved, whether local or remote.
 */
export interface SchemaFacts {
  readonly state: 'missing' | 'empty' | 'read' | 'cut';
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  /** JSON Pointer from the tool definition: `/inputSchema/properties/sql`. */
  readonly pointer: string;
  readonly words: readonly string[];
  readonly kind: ParameterKind | undefined;
  readonly isRequired: boolean;
  /** 0 for a parameter of the tool, more for a member of an object or array parameter. */
  readonly depth: number;
  readonly type: string | undefined;
  readonly description: string | undefined;
  /** The allowed values, when they are listed. */
  readonly values: readonly string[] | undefined;
  readonly defaultValue: unknown;
}

// The largest real schema has about 300 properties, eight levels deep.
const parametersMax = 400;
const depthMax = 6;
const valuesMax = 100;

/** Reads the parameters of a JSON Schema for tool arguments; `root` is where the schema stands in the definition. */
export function readSchema(schema: unknown, root = '/inputSchema'): SchemaFacts {
  if (!isRecord(schema)) return { state: 'missing', parameters: [] };
  const parameters: Parameter[] = [];
  const cut = collect(schema, root, 0, parameters);
  const state = parameters.length === 0 ? 'empty' : cut ? 'cut' : 'read';
  return { state, parameters };
}

/** Adds the parameters of one object schema, depth first; true when something was left out. */
function collect(schema: Record<string, unknown>, pointer: string, depth: number, into: Parameter[]): boolean {
  if (depth > depthMax) return true;
  let cut = false;
  const { properties } = schema;
  if (isRecord(properties)) {
    const required = Array.isArray(schema['required'])
      ? new Set(schema['required'].slice(0, parametersMax))
      : undefined;
    for (const name in properties) {
      if (!Object.hasOwn(properties, name)) continue;
      if (into.length >= parametersMax) return true;
      const property: unknown = properties[name];
      const at = `${pointer}/properties/${escapePointer(name)}`;
      const words = splitIdentifier(name).map((word) => word.text);
      const details = isRecord(property) ? property : {};
      into.push({
        name,
        pointer: at,
        words,
        kind: parameterKind(words),
        isRequired: required?.has(name) ?? false,
        depth,
        type: typeof details['type'] === 'string' ? details['type'] : undefined,
        description: typeof details['description'] === 'string' ? details['description'] : undefined,
        values: valuesOf(details),
        defaultValue: details['default'],
      });
      if (isRecord(property)) cut = collectNested(property, at, depth + 1, into) || cut;
    }
  }
  return collectNested(schema, pointer, depth, into, true) || cut;
}

function collectNested(
  schema: Record<string, unknown>,
  pointer: string,
  depth: number,
  into: Parameter[],
  isSelf = false,
): boolean {
  if (depth > depthMax) return true;
  let cut = false;
  if (!isSelf && isRecord(schema['properties'])) return collect(schema, pointer, depth, into);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    for (let index = 0; index < Math.min(branches.length, 16); index++) {
      const branch: unknown = branches[index];
      if (isRecord(branch))
        cut = collect(branch, `${pointer}/${keyword}/${index}`, depth + (isSelf ? 0 : 1), into) || cut;
    }
  }
  if (!isSelf && isRecord(schema['items'])) cut = collect(schema['items'], `${pointer}/items`, depth, into) || cut;
  return cut;
}

function valuesOf(property: Record<string, unknown>): readonly string[] | undefined {
  if (Array.isArray(property['enum'])) return strings(property['enum']);
  if (property['const'] !== undefined) return strings([property['const']]);
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = property[keyword];
    if (!Array.isArray(branches)) continue;
    const values = branches.slice(0, valuesMax).flatMap((branch: unknown) => {
      if (!isRecord(branch)) return [];
      if (branch['const'] !== undefined) return [branch['const']];
      return Array.isArray(branch['enum']) ? branch['enum'].slice(0, valuesMax) : [];
    });
    if (values.length > 0) return strings(values);
  }
  return undefined;
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.slice(0, valuesMax).filter((value): value is string => typeof value === 'string');
}

function escapePointer(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

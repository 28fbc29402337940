/** What a server of one personality understands of the bytes it was sent: the call it would carry out. */
import type { JsonTree, JsonTreeObject } from './json-tree.ts';
import type { Personality } from './personality.ts';

export type Understood =
  | { readonly kind: 'nothing'; readonly why: string }
  | {
      readonly kind: 'message';
      readonly method: string | undefined;
      readonly id: JsonTree | undefined;
      readonly params: JsonTreeObject | undefined;
      /** `params.name`, where it is a string. */
      readonly name: string | undefined;
      /** `params.arguments`, where it is an object. */
      readonly args: JsonTreeObject | undefined;
      /** Equal for two personalities that would do the same. */
      readonly meaning: string;
    };

/** Reads a body as a server of this personality does. */
export function understand(personality: Personality, body: Uint8Array): Understood {
  const parsed = personality.parse(body);
  if (!parsed.ok) return { kind: 'nothing', why: parsed.error };
  if (parsed.value.kind !== 'object') return { kind: 'nothing', why: `a JSON ${parsed.value.kind}` };
  const message = parsed.value;
  const text = (object: JsonTreeObject | undefined, key: string): string | undefined => {
    const value = object === undefined ? undefined : personality.member(object, key);
    return value?.kind === 'string' ? value.value : undefined;
  };
  const object = (parent: JsonTreeObject | undefined, key: string): JsonTreeObject | undefined => {
    const value = parent === undefined ? undefined : personality.member(parent, key);
    return value?.kind === 'object' ? value : undefined;
  };
  const method = text(message, 'method');
  const id = personality.member(message, 'id');
  const params = object(message, 'params');
  const name = text(params, 'name');
  const args = object(params, 'arguments');
  const meaning = JSON.stringify([
    method ?? null,
    id === undefined ? null : meaningOf(id, personality),
    name ?? null,
    args === undefined ? null : meaningOf(args, personality),
    text(params, 'uri') ?? null,
  ]);
  return { kind: 'message', method, id, params, name, args, meaning };
}

/** A value as plain data, numbers as the nearest double in words: what a program computes with. */
export function meaningOf(tree: JsonTree, personality: Personality): unknown {
  switch (tree.kind) {
    case 'null':
      return null;
    case 'boolean':
    case 'string':
      return tree.value;
    case 'number':
      return { number: String(Number(tree.text) + 0) };
    case 'array':
      return tree.items.map((item) => meaningOf(item, personality));
    case 'object': {
      // Each name that occurs, as this personality looks it up: names that it cannot tell apart become one.
      const found = new Map<string, unknown>();
      for (const [key] of tree.members) {
        const value = personality.member(tree, key);
        const known = [...found.keys()].find((other) => personality.member(tree, other) === value && other !== key);
        if (value !== undefined && known === undefined) found.set(key, meaningOf(value, personality));
      }
      return [...found].sort(([left], [right]) => (left < right ? -1 : 1));
    }
  }
}

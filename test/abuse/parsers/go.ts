import { readJsonTree } from './json-tree.ts';
import type { Personality } from './personality.ts';

/**
 * `encoding/json` into structs, as SDKs for Go use it: keys match fields without regard to case by Unicode simple folding
 * (ſ is s, the Kelvin sign is k), the last match wins, null leaves a field as it was, ill-formed UTF-8 and lone surrogates
 * become U+FFFD, numbers beyond a double are errors, 10,000 levels are read.
 */
export const go: Personality = {
  name: 'go',
  parse(bytes) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return readJsonTree(text, {
      depthMax: 10_000,
      hasConstants: false,
      refusesOverflow: true,
      replacesSurrogates: true,
    });
  },
  member(object, name) {
    const folded = foldGoKey(name);
    const matching = object.members.filter(([key]) => foldGoKey(key) === folded);
    return (matching.findLast(([, value]) => value.kind !== 'null') ?? matching.at(-1))?.[1];
  },
};

/** Equal for keys that `encoding/json` takes for one field: the smallest character that simple case folding joins. */
export function foldGoKey(key: string): string {
  return Array.from(key, foldCharacter).join('');
}

function foldCharacter(character: string): string {
  // Go's SimpleFold knows neither of the Turkish i's, which have no simple folding.
  if (character === '\u0130' || character === '\u0131') return character;
  const upper = character.toUpperCase();
  const lower = (upper.length === character.length ? upper : character).toLowerCase();
  return lower.length === character.length ? lower : character;
}

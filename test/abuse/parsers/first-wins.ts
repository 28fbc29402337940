import { firstMember } from './json-members.ts';
import { readJsonTree } from './json-tree.ts';
import type { Personality } from './personality.ts';

/** Parsers that keep the first of equal keys (hujson, some in C and Java); otherwise the grammar of RFC 8259. */
export const firstWins: Personality = {
  name: 'first-wins',
  parse: (bytes) =>
    readJsonTree(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), {
      depthMax: Number.POSITIVE_INFINITY,
      hasConstants: false,
      refusesOverflow: false,
      replacesSurrogates: false,
    }),
  member: firstMember,
};

import { err } from '../../../src/core/result.ts';
import { lastMember } from './json-members.ts';
import { readJsonTree } from './json-tree.ts';
import type { Personality } from './personality.ts';

/** `JSON.parse(buffer.toString())`: the last of equal keys wins, ill-formed UTF-8 becomes U+FFFD, any depth is read. */
export const node: Personality = {
  name: 'node',
  parse(bytes) {
    const text = Buffer.from(bytes).toString('utf8');
    try {
      JSON.parse(text);
    } catch (error) {
      return err(String(error));
    }
    return readJsonTree(text, {
      depthMax: Number.POSITIVE_INFINITY,
      hasConstants: false,
      refusesOverflow: false,
      replacesSurrogates: false,
    });
  },
  member: lastMember,
};

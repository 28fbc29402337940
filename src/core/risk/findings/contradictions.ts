import type { ToolDefinition } from '../definition.ts';
import type { ToolFacts } from '../facts.ts';
import type { Finding } from '../record.ts';
import type { Category } from '../taxonomy.ts';
import { quoteAt } from './quote.ts';

/**
 * Hints of the vendor that what the tool says of itself contradicts, in the direction that makes it look safer than it is.
 * Only plain cases: vendors differ in what they call read-only or destructive.
 */
export function contradictions(
  tool: ToolDefinition,
  category: Category,
  confidence: number,
  facts: ToolFacts,
): readonly Finding[] {
  const { annotations } = tool;
  if (annotations === undefined || confidence < 0.9) return [];
  const found: Finding[] = [];
  const verb = facts.name.verbs[0];
  const word = verb === undefined ? undefined : facts.name.words[verb.index];
  const quote = word === undefined ? quoteAt(tool.name, 0, tool.name.length) : word.text;
  if (annotations.readOnlyHint === true && category !== 'Read') {
    found.push({
      kind: 'annotation-contradiction',
      severity: category === 'Write' ? 'Medium' : 'High',
      at: '/annotations/readOnlyHint',
      quote,
      says: `is declared read-only, but name and text say ${category}`,
    });
  }
  if (annotations.destructiveHint === false && annotations.readOnlyHint !== true && category === 'Destructive') {
    found.push({
      kind: 'annotation-contradiction',
      severity: 'High',
      at: '/annotations/destructiveHint',
      quote,
      says: 'is declared not destructive, but name and text say that it deletes',
    });
  }
  return found;
}

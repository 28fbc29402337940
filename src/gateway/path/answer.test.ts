import { expect, test } from 'vitest';
import { DefinitionBook } from '../definitions/book.ts';
import { editResult } from './answer.ts';

test('the answer to initialize keeps its members in their order, without what is not carried', () => {
  const book = new DefinitionBook([], {
    compileSchema: () => Promise.reject(new Error('no schema is checked here')),
    classifyTool: () => ({ category: 'Read', severity: 'Low', confidence: 1, classifier: 'none' }),
    save: () => {},
    now: () => 0,
  });
  book.reviewInstructions('Be careful.', true);
  const opened = {
    protocolVersion: '2025-11-25',
    capabilities: { tasks: {}, tools: { listChanged: true } },
    instructions: 'Be careful.',
    serverInfo: { name: 'any', version: '1', unknown: true },
  };
  const edited = editResult(opened, { method: 'initialize', era: 'initialize', book, isListed: () => true });
  expect(JSON.stringify(edited)).toBe(
    '{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},"instructions":"Be careful.",' +
      '"serverInfo":{"name":"any","version":"1","unknown":true}}',
  );
});

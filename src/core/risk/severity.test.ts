import { expect, test } from 'vitest';
import { classify } from './classify.ts';
import type { ToolDefinition } from './definition.ts';
import { severityOfCategory } from './taxonomy.ts';

test('where each category starts', () => {
  expect(severityOfCategory).toEqual({
    Read: 'Low',
    Write: 'Medium',
    Execute: 'High',
    Destructive: 'Critical',
    Financial: 'Critical',
  });
});

const reasonsOf = (tool: ToolDefinition) => {
  const record = classify(tool);
  return [record.severity, record.rationale.at(-1)];
};

test.each([
  [{ name: 'list_issues', description: 'Lists issues.' }, 'Low', 'Severity: Read starts at Low.'],
  [
    { name: 'get_patient', description: 'Returns the record of a patient.' },
    'Medium',
    'Severity: Read starts at Low; raised to Medium: health data leave the server.',
  ],
  [
    { name: 'send_sms', description: 'Sends a text message to a phone number.' },
    'High',
    'Severity: Write starts at Medium; at least High: it sends messages to others.',
  ],
  [
    {
      name: 'run_command',
      description: 'Runs a shell command.',
      inputSchema: { properties: { command: { type: 'string' } } },
    },
    'Critical',
    'Severity: Execute starts at High; raised to Critical: what is executed comes as an argument.',
  ],
  [
    { name: 'delete_reminder', description: 'Deletes a reminder.' },
    'High',
    'Severity: Destructive starts at Critical; lowered to High: it is one small record.',
  ],
] as const)('every move names its evidence: %j', (tool, severity, sentence) => {
  expect(reasonsOf(tool)).toEqual([severity, sentence]);
});

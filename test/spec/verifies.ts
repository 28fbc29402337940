import { test } from 'vitest';
import { type Requirement, type RequirementId, requirements } from './requirements.ts';

/** A test that cites what it verifies. Where the requirement is a known gap, the test must fail. */
export function verifies(id: RequirementId, name: string, run: () => void | Promise<void>): void {
  const { gap }: Requirement = requirements[id];
  if (gap === undefined) test(`${name} [${id}]`, run);
  else test.fails(`${name} [${id}: ${gap}]`, run);
}

import { z } from 'zod';
import { isRawNumber, type RawNumber } from '../../mcp/json/value.ts';

/** A number of a policy document with its exact decimal value: the source text is kept where a double would lose it. */
export type ExactNumber = number | RawNumber;

/** The schema of an exact number. The reader has bounded its digits and exponent already. */
export const exactNumber = z
  .custom<ExactNumber>((value) => typeof value === 'number' || isRawNumber(value), { error: 'a number is expected' })
  .meta({ type: 'number' });

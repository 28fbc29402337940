import { z } from 'zod';
import { policyDocument } from './document.ts';

/**
 * The JSON Schema (2020-12) of a policy document, made from the schema that the gateway itself reads documents with.
 * It is the authority on keys; what it cannot say (patterns that compile, globs that tie) `parsePolicy` says.
 */
export function policyJsonSchema(): object {
  return {
    $id: policySchemaId,
    ...z.toJSONSchema(policyDocument, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }),
  };
}

/** Names the schema for editors and tools; nothing is fetched from it. */
export const policySchemaId = 'urn:callgate:schema:policy:1';

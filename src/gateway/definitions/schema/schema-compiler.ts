/** Checks of tool arguments against input schemas, compiled by Ajv. */
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { toPlainJson } from '../../../core/mcp/json/value.ts';
import type { SchemaCheck } from '../../../core/policy/request.ts';
import type { SchemaCompiler } from '../book.ts';

const OPTIONS = { strict: false, validateFormats: false, ownProperties: true, logger: false } as const;

export function openSchemaCompiler(): { readonly compile: SchemaCompiler; close(): Promise<void> } {
  return {
    compile: (schema) => Promise.resolve(compile(schema === undefined ? true : toPlainJson(schema))),
    close: () => Promise.resolve(),
  };
}

function compile(schema: unknown): SchemaCheck {
  try {
    const { $schema: dialect } = schema as { $schema?: unknown };
    const ajv = typeof dialect === 'string' && dialect.includes('draft-07') ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
    const validate = ajv.compile(schema as object);
    return (args) => {
      if (validate(toPlainJson(args))) return { ok: true };
      const first = validate.errors?.[0];
      return {
        ok: false,
        reason: `The arguments do not fit the tool's input schema: ${first?.instancePath === '' ? 'they' : first?.instancePath} ${first?.message ?? 'are invalid'}.`,
      };
    };
  } catch {
    return () => ({
      ok: false,
      unsupported: true,
      reason:
        "The tool's input schema cannot be checked; `validate_arguments: false` on the rule lets its calls through unchecked.",
    });
  }
}

import type { ToolFacts } from '../facts.ts';
import type { Parameter } from '../schema-facts.ts';
import type { Context } from './acts.ts';
import type { AddSignal } from './signal.ts';

/** Adds the signals that the parameters give. */
export function addSchemaSignals({ schema }: ToolFacts, context: Context, add: AddSignal): void {
  for (const [index, parameter] of schema.parameters.entries()) {
    if (parameter.depth > 0) continue;
    const place = { source: 'schema', start: index, end: index, rank: 'rest' } as const;
    if (parameter.kind === 'code' || parameter.kind === 'sql') add('takes-code', place);
    if (parameter.kind === 'output-path') add('writes-file', place);
    if (isHttpMethod(parameter)) add('raw-request', place);
    if (
      parameter.kind === 'action' &&
      parameter.values?.some((value) => /^(?:delete|remove|drop|destroy|purge)/i.test(value))
    )
      add('manages-many', place);
  }
  if (
    context.isAboutTrade &&
    context.kinds.has('money') &&
    schema.parameters.some((parameter) => parameter.words.includes('side') || parameter.words.includes('transaction'))
  ) {
    add('moves-money', { source: 'schema', start: 0, end: 0, rank: 'rest' });
  }
}

/** A parameter that chooses among HTTP methods, one that writes among them. */
function isHttpMethod(parameter: Parameter): boolean {
  if (parameter.kind === 'http-method') return true;
  const values = parameter.values;
  return (
    values !== undefined &&
    values.includes('GET') &&
    values.some((value) => value === 'POST' || value === 'DELETE' || value === 'PUT')
  );
}

import type { SqlParser } from '../core/policy/operators/operator.ts';

/**
 * PostgreSQL's own parser (libpg_query, compiled to WebAssembly), for policies that use `sql_read_only`; load it only
 * where one does. It gives undefined for what is no SQL. Should the machine inside ever trap (out of stack or memory; the
 * operator keeps texts far below that), it may be left in any state, so from then on it gives undefined for everything.
 */
export async function loadPostgresqlParser(): Promise<SqlParser> {
  const { loadModule, parseSync, SqlError } = await import('libpg-query');
  await loadModule();
  let hasTrapped = false;

  return (text) => {
    // The library takes an empty text for a mistake of its caller.
    if (hasTrapped || text === '') return undefined;
    try {
      return parseSync(text);
    } catch (error) {
      hasTrapped = !(error instanceof SqlError);
      return undefined;
    }
  };
}

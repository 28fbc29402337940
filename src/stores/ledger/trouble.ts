import { type LedgerTrouble, LedgerUnavailable } from '../../core/decisions/ledger.ts';

/** Whatever was thrown while a ledger file was used, as the tagged reason; SQLite's result codes decide. */
export function ledgerUnavailable(error: unknown): LedgerUnavailable {
  if (error instanceof LedgerUnavailable) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new LedgerUnavailable(troubleOf(error), message, { cause: error });
}

/** True when another connection holds the lock and trying again may help. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === SQLITE_BUSY;
}

/** True when the statement or its values are at fault and not the store: other operations may well succeed. */
export function isFaultOfOperation(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code === undefined ? !(error instanceof LedgerUnavailable) : OPERATION_CODES.has(code);
}

// https://www.sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const OPERATION_CODES = new Set([
  1 /* ERROR */, 18 /* TOOBIG */, 19 /* CONSTRAINT */, 20 /* MISMATCH */, 25 /* RANGE */,
]);
const TROUBLES: ReadonlyMap<number, LedgerTrouble> = new Map([
  [3, 'read_only'], // PERM
  [SQLITE_BUSY, 'busy'],
  [6, 'busy'], // LOCKED
  [8, 'read_only'], // READONLY
  [10, 'io'], // IOERR
  [11, 'corrupt'], // CORRUPT
  [13, 'disk_full'], // FULL
  [14, 'gone'], // CANTOPEN
  [19, 'duplicate'], // CONSTRAINT: the keys are the only constraints that values from outside can break
  [23, 'read_only'], // AUTH
  [26, 'corrupt'], // NOTADB
]);

function troubleOf(error: unknown): LedgerTrouble {
  const code = resultCodeOf(error);
  if (code !== undefined) return TROUBLES.get(code) ?? (OPERATION_CODES.has(code) ? 'invalid' : 'io');
  const system = error instanceof Error && 'code' in error ? error.code : undefined;
  if (system === 'ENOENT') return 'gone';
  if (system === 'ENOSPC' || system === 'EDQUOT') return 'disk_full';
  if (system === 'EACCES' || system === 'EPERM' || system === 'EROFS') return 'read_only';
  return typeof system === 'string' && system.startsWith('E') && !system.startsWith('ERR_') ? 'io' : 'invalid';
}

/** The primary result code: the low byte of the extended one. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

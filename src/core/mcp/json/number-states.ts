const MINUS = 0x2d;

/** How far a number has come (RFC 8259 §6). */
export type NumberState = 'minus' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'sign' | 'exponent';

/** The state behind the first byte, a minus sign or a digit. */
export function startOfNumber(byte: number): NumberState {
  if (byte === MINUS) return 'minus';
  return byte === 0x30 ? 'zero' : 'integer';
}

/** True where a number may end. */
export function isWholeNumber(state: NumberState): boolean {
  return state === 'zero' || state === 'integer' || state === 'fraction' || state === 'exponent';
}

/** The state behind the byte, or undefined where the byte does not belong to the number. */
export function nextInNumber(state: NumberState, byte: number): NumberState | undefined {
  if (isDigit(byte)) {
    if (state === 'minus') return byte === 0x30 ? 'zero' : 'integer';
    if (state === 'zero') return undefined;
    if (state === 'integer') return 'integer';
    return state === 'point' || state === 'fraction' ? 'fraction' : 'exponent';
  }
  if (byte === 0x2e) return state === 'zero' || state === 'integer' ? 'point' : undefined;
  if (byte === 0x65 || byte === 0x45)
    return state === 'zero' || state === 'integer' || state === 'fraction' ? 'e' : undefined;
  return state === 'e' && (byte === 0x2b || byte === MINUS) ? 'sign' : undefined;
}

/** True for the digits of ASCII. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

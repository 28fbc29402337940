/** JSON-RPC error codes on the wire: JSON-RPC 2.0 §5.1, MCP 2026-07-28 "Error Codes", and the gateway's own. */
export const ERROR_CODE = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Initialize-era servers use it for "no valid session" and other transport refusals. */
  transport: -32000,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedProtocolVersion: -32022,
  // The gateway's own lie outside -32768…-32000, which JSON-RPC and MCP keep for themselves.
  denied: 1001,
  approvalPending: 1002,
  limitReached: 1003,
  unavailable: 1004,
} as const;

/**
 * Errors by which an upstream says that it did not execute the call: unknown method, invalid params, and the
 * stateless era's refusals of the message itself. A unit taken for such a call is given back.
 */
export function saysNotExecuted(code: number): boolean {
  return code === ERROR_CODE.methodNotFound || code === ERROR_CODE.invalidParams || (code <= -32020 && code >= -32022);
}

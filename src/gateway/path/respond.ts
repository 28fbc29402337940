/** Answers that the policy gives instead of the server. */
import type { ServerResponse } from 'node:http';
import { ERROR_CODE } from '../../core/mcp/error-codes.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { type RefusalCode, RULE } from '../../core/policy/verdict.ts';

/** A refusal as the client is told of it. */
export interface ToldDecision {
  readonly id: string;
  readonly effect: 'deny' | 'hide' | 'hold' | 'error';
  readonly rule: string;
  readonly code: RefusalCode;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/**
 * Answers a refused request: `tools/call` with a result that an agent can reason about, everything else with a JSON-RPC
 * error; both with HTTP 200. Hidden, held back and unknown tools are one and the same answer.
 */
export function respondRefused(
  response: ServerResponse,
  message: RequestMessage,
  era: Era,
  decision: ToldDecision,
): void {
  const body = refusedMessage(message, era, decision);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** The whole message by which a refusal is told. */
export function refusedMessage(message: RequestMessage, era: Era, decision: ToldDecision): string {
  const { reason, ...facts } =
    decision.code === 'not_available'
      ? { ...decision, effect: 'deny' as const, rule: RULE.unknownTool, reason: 'tool not available' }
      : decision;
  if (message.method === 'tools/call') {
    return JSON.stringify({
      jsonrpc: '2.0',
      id: message.id,
      result: {
        ...(era === 'stateless' ? { resultType: 'complete' } : {}),
        content: [{ type: 'text', text: `[POLICY DENIED] ${reason}` }],
        isError: true,
        _meta: { 'callgate/decision': facts },
      },
    });
  }
  return JSON.stringify({
    jsonrpc: '2.0',
    id: message.id,
    error: { code: errorCode(decision.code), message: reason, data: { 'callgate/decision': facts } },
  });
}

/** The JSON-RPC error of a refusal, towards clients and servers alike. */
export function errorCode(code: RefusalCode): number {
  switch (code) {
    case 'denied':
    case 'not_available':
      return ERROR_CODE.denied;
    case 'approval_pending':
      return ERROR_CODE.approvalPending;
    case 'limit':
      return ERROR_CODE.limitReached;
    case 'unavailable':
      return ERROR_CODE.unavailable;
  }
}

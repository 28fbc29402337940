/** What an HTTP answer says as JSON-RPC: the messages in it, and whether the last word is a result, an error or a refusal. */
import type { RawAnswer } from './raw-http.ts';
import { isEventStream } from './raw-http.ts';

export interface RpcMessage {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown };
}

export interface RpcAnswer {
  readonly status: number;
  readonly messages: readonly RpcMessage[];
  readonly text: string;
  /**
   * `result`: the server's. `policy`: the gateway's refusal of a call by a rule (also codes 1001 to 1004). `error`: any
   * other JSON-RPC error. `accepted`: 2xx without a body. `http`: a status that is no success, without JSON-RPC.
   */
  readonly kind: 'result' | 'policy' | 'error' | 'accepted' | 'http' | 'broken';
  readonly code: number | undefined;
}

export function rpcAnswer(answer: RawAnswer): RpcAnswer {
  const text = answer.body.toString('utf8');
  const messages = isEventStream(answer) ? eventsOf(text) : jsonOf(text);
  const last = messages.findLast((message) => message.result !== undefined || message.error !== undefined);
  const code = typeof last?.error?.code === 'number' ? last.error.code : undefined;
  return { status: answer.status, messages, text, kind: kindOf(answer, last, code, text), code };
}

function kindOf(
  answer: RawAnswer,
  last: RpcMessage | undefined,
  code: number | undefined,
  text: string,
): RpcAnswer['kind'] {
  if (last?.result !== undefined) return isRefusal(last.result) ? 'policy' : 'result';
  if (last?.error !== undefined) return code !== undefined && code >= 1001 && code <= 1003 ? 'policy' : 'error';
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (isSuccess && text === '') return 'accepted';
  return isSuccess ? 'broken' : 'http';
}

/** A tool result that the gateway made because policy refused the call. */
export function isRefusal(result: Readonly<Record<string, unknown>>): boolean {
  const meta = result['_meta'] as Readonly<Record<string, unknown>> | undefined;
  return result['isError'] === true && meta?.['callgate/decision'] !== undefined;
}

function eventsOf(text: string): RpcMessage[] {
  return text
    .split(/\r?\n\r?\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '')
    .flatMap(jsonOf);
}

function jsonOf(text: string): RpcMessage[] {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? [value] : [];
  } catch {
    return [];
  }
}

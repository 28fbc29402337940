/**
 * One request of a client that was let through, until its answer is complete: forwards it, relays what comes back, and
 * settles exactly once. A lifecycle and no rules: what an answer becomes is in `answer.ts`, what a server may send
 * meanwhile in `server-message.ts`, what the end of a call means for its limits in `settlement.ts`.
 */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_LIST_LIMITS } from '../../core/mcp/json/limits.ts';
import { readJson, readJsonText } from '../../core/mcp/json/read.ts';
import { ResponseScanner, type ScannedResponse } from '../../core/mcp/json/scan-response.ts';
import { isJsonObject, type JsonObject } from '../../core/mcp/json/value.ts';
import {
  idKey,
  type Message,
  parseMessage,
  type RequestMessage,
  type ResponseMessage,
} from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { EventWriter } from '../sessions/event-writer.ts';
import type { OpenCall } from '../sessions/session.ts';
import type {
  OutboundMessage,
  ReplyHead,
  ReplyReceiver,
  Sending,
  StreamEvent,
  UpstreamConversation,
  UpstreamFailure,
} from '../upstream/upstream.ts';
import { HeldReceiver } from './held-receiver.ts';
import { type Refusal, refusalBody } from './refusal.ts';
import type { CallEnd } from './settlement.ts';

/** What the call asks of those who know rules; every function is told nothing it does not need. */
export interface CallRules {
  /** Whether the result has to be read whole because it is edited. */
  readonly isEditedWhole: boolean;
  /** What the server's result becomes. */
  editResult(result: JsonObject): EditedResult | Promise<EditedResult>;
  /** The edited result as text where the same bytes were edited before: lists are long and rarely change. */
  cachedResult?(resultBytes: Uint8Array): string | undefined;
  rememberResult?(resultBytes: Uint8Array, text: string): void;
  /** What else arrives on the call's stream: the text to pass on, or undefined to drop it. */
  reviewServerMessage(
    message: Exclude<Message, { kind: 'response' }>,
  ): string | undefined | Promise<string | undefined>;
  /** The id an event gets towards the client, and undefined for an event that cannot be resumed from. */
  sealEventId(upstreamId: string): string | undefined;
}

/** A result for the client, a refusal that takes its place (a whole message), or the sentence why it cannot be passed on. */
export type EditedResult =
  | { readonly result: JsonObject }
  | { readonly refusal: string }
  | { readonly nonsense: string };

export interface CallParts {
  readonly grantId: string;
  readonly serverId: string;
  readonly message: RequestMessage;
  readonly era: Era;
  readonly outbound: OutboundMessage;
  readonly conversation: UpstreamConversation;
  readonly response: ServerResponse;
  readonly rules: CallRules;
  readonly answerBytesMax: number;
  readonly idleMs: number;
  /** Extra headers of the answer (the session id of a handshake), asked for when the answer begins. */
  answerHeaders(form: 'stream' | 'result' | 'error'): Readonly<Record<string, string>>;
  /** Has to be done before the first byte of an answer reaches the client. */
  readonly beforeAnswer?: () => Promise<void>;
  /** Answers the client with a refusal; only before anything was sent. */
  refuse(refusal: Refusal): void;
  /** Told exactly once. */
  onEnd(end: CallEnd): void;
  /** An event stream was opened towards the client, or is over. */
  onStream(writer: EventWriter, isOpen: boolean): void;
}

/** Held back until the answer is complete or longer than this: short answers are looked at whole before a byte goes out. */
const HOLD_BYTES = 64 * 1024;
const REFUSED_BODY_BYTES_MAX = 64 * 1024;

export class Call implements ReplyReceiver, OpenCall {
  readonly method: string;
  readonly progressToken: string | number | undefined;
  readonly grantId: string;
  readonly serverId: string;
  readonly #parts: CallParts;
  #sending: Sending | undefined;
  #head: ReplyHead | undefined;
  #held: Uint8Array[] = [];
  #bytes = 0;
  #scanner: ResponseScanner | undefined;
  #isStreaming = false;
  #writer: EventWriter | undefined;
  #isResumable = false;
  /** Messages of an event stream are handled one after the other, also where a decision takes time. */
  #queue: Promise<void> | undefined;
  #isEnded = false;
  #lastActivity = performance.now();

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.grantId = parts.grantId;
    this.serverId = parts.serverId;
    this.method = parts.message.method;
    this.progressToken = progressTokenOf(parts.message);
  }

  /** Sends the request; everything else follows from what comes back. */
  start(): void {
    const { conversation, outbound, response } = this.#parts;
    response.once('close', () => {
      if (!response.writableFinished) this.#clientGone();
    });
    const { beforeAnswer } = this.#parts;
    const held =
      beforeAnswer === undefined
        ? undefined
        : new HeldReceiver(this, beforeAnswer, (error) => {
            this.#sending?.abort();
            this.#fail({ reason: 'store-unavailable', detail: String(error) }, 'upstream_error');
          });
    this.#sending = conversation.send(outbound, held ?? this);
    held?.holds(this.#sending);
    if (this.#isEnded) this.#sending.abort();
  }

  cancel(): void {
    if (this.#isEnded) return;
    this.#sending?.abort();
    this.#end({ status: 'cancelled', bytes: this.#bytes });
    this.#writer?.end();
    if (!this.#parts.response.writableEnded) this.#parts.response.destroy();
  }

  /** Ends the call when its JSON answer has been silent for too long; event streams may be silent. */
  checkIdle(now: number): void {
    if (this.#head?.form === 'json' && now - this.#lastActivity > this.#parts.idleMs) {
      this.#sending?.abort();
      this.#fail(
        { reason: 'upstream-timeout', detail: `the server's answer stopped for ${this.#parts.idleMs} ms` },
        'timeout',
      );
    }
  }

  onReply(head: ReplyHead): void {
    this.#head = head;
    this.#lastActivity = performance.now();
    if (head.form === 'events') this.#openStream();
    else if (head.form === 'json') this.#scanner = new ResponseScanner();
  }

  onBytes(chunk: Uint8Array): void {
    if (this.#isEnded) return;
    this.#lastActivity = performance.now();
    this.#bytes += chunk.length;
    if (this.#head?.form === 'refused') {
      if (this.#bytes <= REFUSED_BODY_BYTES_MAX) this.#held.push(chunk);
      return;
    }
    const problem = this.#scanner?.push(chunk);
    if (problem !== undefined) return this.#nonsense(problem.text);
    if (this.#isStreaming) return this.#writeThrough(chunk);
    this.#held.push(chunk);
    if (this.#parts.rules.isEditedWhole) {
      if (this.#bytes > this.#parts.answerBytesMax)
        this.#nonsense(`the server's answer is larger than ${this.#parts.answerBytesMax} bytes`);
    } else if (this.#bytes > HOLD_BYTES) this.#startStreaming();
  }

  onEvent(event: StreamEvent): void {
    if (this.#isEnded) return;
    this.#lastActivity = performance.now();
    if (this.#queue === undefined) {
      const handled = this.#handleEvent(event);
      if (handled !== undefined) this.#enqueue(() => handled);
    } else this.#enqueue(() => this.#handleEvent(event));
  }

  onEnd(): void {
    if (this.#queue !== undefined) return this.#enqueue(() => this.#replyEnded());
    const ended = this.#replyEnded();
    if (ended !== undefined) this.#enqueue(() => ended);
  }

  onFailure(failure: UpstreamFailure): void {
    const finish = (): undefined => {
      if (this.#isEnded) return;
      const reason =
        failure.kind === 'timeout'
          ? 'upstream-timeout'
          : failure.kind === 'nonsense'
            ? 'upstream-nonsense'
            : 'upstream-unavailable';
      this.#fail(
        { reason, detail: failure.detail },
        failure.kind === 'timeout' ? 'timeout' : 'upstream_error',
        !failure.wasSent,
      );
    };
    if (this.#queue === undefined) finish();
    else this.#enqueue(finish);
  }

  onLateAnswer(answer: ResponseMessage): string | undefined {
    if (this.#isEnded) return undefined;
    const edited = this.#editedText(answer);
    return typeof edited === 'string' ? edited : undefined;
  }

  #enqueue(step: () => void | Promise<void>): void {
    const queue: Promise<void> = (this.#queue ?? Promise.resolve())
      .then(step)
      .catch(() => this.#nonsense('an answer could not be handled'))
      .then(() => {
        if (this.#queue === queue) this.#queue = undefined;
      });
    this.#queue = queue;
  }

  // --- an event stream -------------------------------------------------------------------------------------------

  #openStream(): void {
    const writer = new EventWriter(this.#parts.response);
    this.#writer = writer;
    writer.start(this.#parts.answerHeaders('stream'));
    this.#parts.onStream(writer, true);
  }

  #handleEvent(event: StreamEvent): void | Promise<void> {
    if (this.#isEnded) return undefined;
    const sealedId = event.id === undefined ? undefined : this.#parts.rules.sealEventId(event.id);
    if (sealedId !== undefined) this.#isResumable = true;
    const send = (data: string): void => {
      this.#bytes += data.length;
      const isFast = this.#writer?.send({
        data,
        ...(sealedId === undefined ? {} : { id: sealedId }),
        ...(event.retry === undefined ? {} : { retry: event.retry }),
        ...(event.event === undefined ? {} : { event: event.event }),
      });
      if (isFast === false) this.#waitForClient();
    };
    if (event.data === '') {
      if (sealedId !== undefined || event.retry !== undefined) send('');
      return undefined;
    }
    const value = readJsonText(event.data, UPSTREAM_LIST_LIMITS);
    const parsed = value.ok ? parseMessage(value.value) : undefined;
    if (parsed === undefined || !parsed.ok)
      return this.#nonsense('the server sent an event that is no JSON-RPC message');
    if (parsed.value.kind !== 'response') {
      const passed = this.#parts.rules.reviewServerMessage(parsed.value);
      if (passed instanceof Promise) return passed.then((text) => (text === undefined ? undefined : send(text)));
      if (passed !== undefined) send(passed);
      return undefined;
    }
    // An answer to something else is not this client's business.
    if (idKey(parsed.value.id) !== idKey(this.#parts.message.id)) return undefined;
    const text = this.#editedText(parsed.value);
    const finish = (edited: string | undefined): void => {
      if (edited === undefined) return;
      send(edited);
      this.#closeStream();
    };
    return text instanceof Promise ? text.then(finish) : finish(text);
  }

  #closeStream(): void {
    // The first answer counts; whatever the server still sends on this stream is not read.
    this.#sending?.abort();
    this.#writer?.end();
    if (this.#writer !== undefined) this.#parts.onStream(this.#writer, false);
  }

  #waitForClient(): void {
    this.#sending?.pause();
    this.#writer?.onDrain(() => this.#sending?.resume());
  }

  /** The answer as text for the client; undefined when it was refused instead. Settles the call. */
  #editedText(answer: ResponseMessage): string | undefined | Promise<string | undefined> {
    if (!('result' in answer.outcome)) {
      this.#end({ status: 'rpc_error', errorCode: answer.outcome.error['code'] as number, bytes: this.#bytes });
      return messageText(answer.id, 'error', answer.outcome.error);
    }
    const { result } = answer.outcome;
    const finish = (edited: EditedResult): string | undefined => {
      if ('nonsense' in edited) {
        this.#nonsense(edited.nonsense);
        return undefined;
      }
      this.#end(endOf(result, this.#bytes));
      return 'refusal' in edited ? edited.refusal : messageText(answer.id, 'result', edited.result);
    };
    const edited = this.#parts.rules.editResult(result);
    return edited instanceof Promise ? edited.then(finish) : finish(edited);
  }

  // --- a JSON answer -----------------------------------------------------------------------------------------------

  #startStreaming(): void {
    this.#isStreaming = true;
    this.#parts.response.writeHead(200, { 'content-type': 'application/json', ...this.#parts.answerHeaders('result') });
    for (const chunk of this.#held) this.#writeThrough(chunk);
    this.#held = [];
  }

  #writeThrough(chunk: Uint8Array): void {
    if (this.#parts.response.write(chunk)) return;
    this.#sending?.pause();
    this.#parts.response.once('drain', () => this.#sending?.resume());
  }

  #replyEnded(): void | Promise<void> {
    if (this.#isEnded) return undefined;
    const form = this.#head?.form;
    if (form === 'events') {
      this.#streamEnded();
      return undefined;
    }
    if (form === 'none') return this.#nonsense('the server accepted a request without answering it');
    if (form === 'refused') return this.#refusedByServer();
    const scanned = this.#scanner?.finish();
    if (scanned === undefined || !scanned.ok) return this.#nonsense(scanned?.error.text ?? 'the server sent no answer');
    const problem = envelopeProblem(scanned.value, this.#parts.message, this.#parts.era);
    if (problem !== undefined) return this.#nonsense(problem);
    return this.#finishJson(scanned.value);
  }

  #finishJson(scanned: ScannedResponse): void | Promise<void> {
    const { rules, response } = this.#parts;
    const asksForInput =
      this.#parts.era === 'stateless' &&
      (scanned.resultType === 'input_required' || scanned.hasRequestState || scanned.hasInputRequests);
    if (this.#isStreaming) {
      if (asksForInput) return this.#nonsense('a request for input is larger than the gateway reads');
      response.end();
      this.#end(endOfScan(scanned, this.#bytes));
      return undefined;
    }
    const body = this.#held.length === 1 ? (this.#held[0] as Uint8Array) : Buffer.concat(this.#held);
    const span = scanned.resultSpan;
    if (span === undefined || !(rules.isEditedWhole || asksForInput)) {
      this.#answer(body, span === undefined ? 'error' : 'result');
      this.#end(endOfScan(scanned, this.#bytes));
      return undefined;
    }
    const resultBytes = body.subarray(span.start, span.end);
    const cached = rules.cachedResult?.(resultBytes);
    if (cached !== undefined) {
      this.#answer(resultMessage(this.#parts.message.id, cached), 'result');
      this.#end(endOfScan(scanned, this.#bytes));
      return undefined;
    }
    const value = readJson(resultBytes, UPSTREAM_LIST_LIMITS);
    if (!value.ok || !isJsonObject(value.value))
      return this.#nonsense(
        value.ok ? 'the result is not an object' : `the server's answer is not strict JSON: ${value.error.text}`,
      );
    const result = value.value;
    const finish = (edited: EditedResult): void => {
      if ('nonsense' in edited) return this.#nonsense(edited.nonsense);
      if ('refusal' in edited) this.#answer(edited.refusal, 'result');
      else {
        const text = JSON.stringify(edited.result);
        rules.rememberResult?.(resultBytes, text);
        this.#answer(resultMessage(this.#parts.message.id, text), 'result');
      }
      this.#end(endOf(result, this.#bytes));
    };
    const edited = rules.editResult(result);
    return edited instanceof Promise ? edited.then(finish) : finish(edited);
  }

  #answer(body: Uint8Array | string, form: 'result' | 'error'): void {
    const headers = this.#parts.answerHeaders(form);
    this.#parts.response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
      ...headers,
    });
    this.#parts.response.end(body);
  }

  /** A stream that ended without an answer: the client resumes it where the server gave event ids, else the answer is lost. */
  #streamEnded(): void {
    if (!this.#isResumable) return this.#nonsense("the server's stream ended without an answer");
    this.#writer?.end();
    if (this.#writer !== undefined) this.#parts.onStream(this.#writer, false);
  }

  // --- ends -------------------------------------------------------------------------------------------------------

  /** An HTTP refusal by the server: its JSON-RPC error is passed on, anything else becomes the gateway's own. */
  #refusedByServer(): void {
    const status = this.#head?.status ?? 0;
    const value =
      this.#bytes <= REFUSED_BODY_BYTES_MAX ? readJson(Buffer.concat(this.#held), UPSTREAM_LIST_LIMITS) : undefined;
    const error = value?.ok === true && isJsonObject(value.value) ? value.value['error'] : undefined;
    if (
      (status === 400 || status === 404) &&
      error !== undefined &&
      isJsonObject(error) &&
      Number.isSafeInteger(error['code'])
    ) {
      const text = messageText(this.#parts.message.id, 'error', error);
      this.#parts.response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      this.#parts.response.end(text);
      return this.#end({
        status: 'rpc_error',
        errorCode: error['code'] as number,
        httpStatus: status,
        bytes: this.#bytes,
      });
    }
    const detail =
      status === 401 || status === 403
        ? `the server refused the gateway's own credential (HTTP ${status}); its entry needs another one`
        : `the server answered with HTTP status ${status}`;
    this.#fail({ reason: 'upstream-unavailable', detail }, 'upstream_error', false, status);
  }

  #nonsense(detail: string): void {
    if (this.#isEnded) return;
    this.#sending?.abort();
    this.#fail({ reason: 'upstream-nonsense', detail }, 'upstream_error');
  }

  #fail(refusal: Refusal, status: CallEnd['status'], wasNotSent = false, httpStatus?: number): void {
    if (this.#isEnded) return;
    this.#end({
      status,
      detail: refusal.detail,
      bytes: this.#bytes,
      wasNotSent,
      ...(httpStatus === undefined ? {} : { httpStatus }),
    });
    if (this.#writer !== undefined) {
      this.#writer.send({ data: refusalBody(this.#parts.message.id, refusal) });
      this.#writer.end();
      this.#parts.onStream(this.#writer, false);
    } else if (this.#parts.response.headersSent) this.#parts.response.destroy();
    else this.#parts.refuse(refusal);
  }

  #clientGone(): void {
    if (this.#isEnded) return;
    if (this.#writer !== undefined) this.#parts.onStream(this.#writer, false);
    this.#sending?.abort();
    // The client may come back for the rest of a resumable stream; the server keeps working on it.
    if (this.#isResumable) return;
    this.#end({ status: 'cancelled', bytes: this.#bytes });
  }

  #end(end: CallEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.onEnd(end);
  }
}

function envelopeProblem(scanned: ScannedResponse, message: RequestMessage, era: Era): string | undefined {
  if (scanned.jsonrpc !== '2.0') return "the server's answer is no JSON-RPC 2.0 message";
  if (scanned.id !== message.id) return 'the server answered another request than the one it was asked';
  if (era === 'initialize' || scanned.resultType === undefined) return undefined;
  return scanned.resultType === 'complete' || scanned.resultType === 'input_required'
    ? undefined
    : 'the server answered with an unknown resultType';
}

function endOf(result: JsonObject, bytes: number): CallEnd {
  if (result['resultType'] === 'input_required') return { status: 'input_required', bytes };
  return { status: result['isError'] === true ? 'tool_error' : 'ok', bytes };
}

function endOfScan(scanned: ScannedResponse, bytes: number): CallEnd {
  if (scanned.errorSpan !== undefined)
    return { status: 'rpc_error', ...(scanned.code === undefined ? {} : { errorCode: scanned.code }), bytes };
  return { status: scanned.isError === true ? 'tool_error' : 'ok', bytes };
}

function resultMessage(id: RequestMessage['id'], resultText: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${resultText}}`;
}

function messageText(id: RequestMessage['id'], member: 'result' | 'error', value: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, [member]: value });
}

function progressTokenOf(message: RequestMessage): string | number | undefined {
  const meta = message.params?.['_meta'];
  const token = meta !== undefined && isJsonObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/** JSON-RPC over Streamable HTTP as bytes and plain JSON: nothing is added, dropped or understood on the way. */

/** Plain JSON as it was read; tests look into it freely. */
export type Json = any;

export interface RawEvent {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: number;
  readonly data: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The message that answers the request: the body, or the event of an event stream with the request's id. */
  readonly message: Json;
  /** What came before it on the stream. */
  readonly before: readonly Json[];
  readonly events: readonly RawEvent[];
}

export const LATEST_INITIALIZE = '2025-11-25';
export const STATELESS = '2026-07-28';

/** Sends one message and waits for its answer; a stream is read until the answer has come. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  message: Json,
  signal?: AbortSignal,
): Promise<RawAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
    ...(signal === undefined ? {} : { signal }),
  });
  const found = { status: response.status, headers: response.headers };
  if (response.headers.get('content-type') !== 'text/event-stream') {
    const text = await response.text();
    return { ...found, message: text === '' ? undefined : JSON.parse(text), before: [], events: [] };
  }
  const before: Json[] = [];
  const events: RawEvent[] = [];
  for await (const event of readEvents(response)) {
    events.push(event);
    if (event.data === '') continue;
    const value: Json = JSON.parse(event.data);
    if (value.id === message.id && value.method === undefined) return { ...found, message: value, before, events };
    before.push(value);
  }
  return { ...found, message: undefined, before, events };
}

/** The events of a stream, as they come; leaving the loop closes the stream. */
export async function* readEvents(response: Response): AsyncGenerator<RawEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== undefined) yield event;
    }
  }
}

function eventOf(block: string): RawEvent | undefined {
  const fields = block
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => /^(\w+): ?(.*)$/.exec(line) ?? [])
    .map(([, name, value]) => [name, value] as const);
  if (fields.length === 0) return undefined;
  const one = (name: string): string | undefined => fields.find(([field]) => field === name)?.[1];
  const [id, event, retry] = [one('id'), one('event'), one('retry')];
  return {
    data: fields
      .filter(([name]) => name === 'data')
      .map(([, value]) => value)
      .join('\n'),
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    ...(retry === undefined ? {} : { retry: Number(retry) }),
  };
}

/** A session of the initialize era. */
export class RawSession {
  readonly url: string;
  readonly id: string;
  readonly revision: string;
  /** The result of `initialize`. */
  readonly opened: Json;
  readonly #headers: Readonly<Record<string, string>>;
  #lastId = 1;

  private constructor(url: string, headers: Readonly<Record<string, string>>, id: string, opened: Json) {
    this.url = url;
    this.id = id;
    this.opened = opened;
    this.revision = opened.protocolVersion;
    this.#headers = { ...headers, 'mcp-session-id': id, 'mcp-protocol-version': opened.protocolVersion };
  }

  static async open(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    capabilities: Json = {},
    protocolVersion: string = LATEST_INITIALIZE,
  ): Promise<RawSession> {
    const params = { protocolVersion, capabilities, clientInfo: { name: 'raw', version: '1' } };
    const answer = await post(url, headers, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
    if (answer.message?.result === undefined)
      throw new Error(`initialize was answered with ${answer.status} ${JSON.stringify(answer.message)}`);
    const session = new RawSession(url, headers, answer.headers.get('mcp-session-id') ?? '', answer.message.result);
    await session.notify('notifications/initialized');
    return session;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** A request with an id of its own. */
  send(method: string, params: Json = {}, signal?: AbortSignal): Promise<RawAnswer> {
    this.#lastId += 1;
    return post(this.url, this.#headers, { jsonrpc: '2.0', id: this.#lastId, method, params }, signal);
  }

  /** The result of a request; an error throws. */
  async result(method: string, params: Json = {}): Promise<Json> {
    const { message } = await this.send(method, params);
    if (message?.result === undefined) throw new Error(`${method} was answered with ${JSON.stringify(message)}`);
    return message.result;
  }

  notify(method: string, params?: Json): Promise<RawAnswer> {
    return post(this.url, this.#headers, { jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) });
  }

  /** Answers a request of the server. */
  respond(id: string | number, result: Json): Promise<RawAnswer> {
    return post(this.url, this.#headers, { jsonrpc: '2.0', id, result });
  }

  /** Opens the server's own stream, or resumes one. */
  listen(lastEventId?: string, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url, {
      headers: {
        accept: 'text/event-stream',
        ...this.#headers,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** DELETE; gives the status. */
  async end(): Promise<number> {
    const response = await fetch(this.url, { method: 'DELETE', headers: this.#headers });
    await response.body?.cancel();
    return response.status;
  }
}

/** What a request of 2026-07-28 says of itself. */
export function statelessMeta(capabilities: Json = {}, revision: string = STATELESS): Json {
  return {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
}

/** The headers of such a request, as they follow from its body. */
export function statelessHeaders(method: string, params: Json): Record<string, string> {
  const name = method === 'resources/read' ? params.uri : params.name;
  const isMirrored = ['tools/call', 'prompts/get', 'resources/read'].includes(method);
  return {
    'mcp-protocol-version': STATELESS,
    'mcp-method': method,
    ...(isMirrored ? { 'mcp-name': name } : {}),
  };
}

/** One request of 2026-07-28. */
export function sendStateless(
  url: string,
  headers: Readonly<Record<string, string>>,
  method: string,
  params: Json = {},
  capabilities: Json = {},
  signal?: AbortSignal,
): Promise<RawAnswer> {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { ...params, _meta: { ...params._meta, ...statelessMeta(capabilities) } },
  };
  return post(url, { ...statelessHeaders(method, params), ...headers }, message, signal);
}

/** `Authorization` of a grant. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/**
 * What `upstreamResponse` of a case means: which honest call it answers, and what goes over the wire. Read by its shape
 * first (HTTP, event stream, headers, JSON, a fragment of JSON) and by its words and the title's where it has none.
 */
import type { ServerResponse } from 'node:http';
import { gzipBomb } from '../client/gzip-bomb.ts';
import { NotPlayable } from '../client/placeholders.ts';
import { BENIGN_CALLS, TOOLS } from '../fixture/tools.ts';
import { node } from '../parsers/node.ts';
import { understand } from '../parsers/understood.ts';
import type { AbuseRow } from '../row.ts';
import type { AnswerEra } from './mcp-answers.ts';
import { honestOutcome } from './mcp-answers.ts';

/** What an answer is made for. */
export interface AnswerPlace {
  readonly id: string | number | null;
  readonly era: AnswerEra;
  readonly method: string;
}

export interface HostileAnswer {
  /** The method of the honest call. */
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** True where only a list that the gateway makes for itself, before anything is pinned, can run into it. */
  readonly isForListing: boolean;
  /** Tools that look different from what was pinned. */
  readonly changedTools: readonly string[];
  /** Text that a filter of results would have to take out. */
  readonly payload: string | undefined;
  respond(place: AnswerPlace, response: ServerResponse): void;
}

/** Throws `NotPlayable` where nothing can be made of it. */
export function interpretHostileAnswer(row: AbuseRow): HostileAnswer {
  const given = row.rawRequest.upstreamResponse;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const words = `${text} ${row.title}`.toLowerCase();
  const reading = readShape(text, row.title) ?? readWords(text, row.title, words);
  if (reading === undefined) throw new NotPlayable(`nothing can be made of the answer ${JSON.stringify(text)}`);
  const method = reading.method ?? methodIn(words) ?? 'tools/call';
  return {
    method,
    params: PARAMS[method] ?? {},
    isForListing: /cursor|pages/.test(words) && method.endsWith('/list'),
    changedTools: reading.changedTools ?? [],
    payload: reading.payload,
    respond: (place, response) => reading.respond(place, response),
  };
}

interface Reading {
  readonly method?: string;
  readonly changedTools?: readonly string[];
  readonly payload?: string;
  respond(place: AnswerPlace, response: ServerResponse): void;
}

const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'tools/call': { name: 'search', arguments: BENIGN_CALLS['search'] },
  'prompts/get': { name: 'summarise' },
  'resources/read': { uri: 'file:///srv/data/a' },
  'completion/complete': { ref: { type: 'ref/prompt', name: 'summarise' }, argument: { name: 'text', value: 'a' } },
};

const METHODS =
  /tools\/(?:list|call)|resources\/(?:templates\/list|list|read)|prompts\/(?:list|get)|completion\/complete|server\/discover|\binitialize\b/;

function methodIn(words: string): string | undefined {
  return METHODS.exec(words)?.[0];
}

// --- by shape -----------------------------------------------------------------------------------------------------------

function readShape(text: string, title: string): Reading | undefined {
  if (/^HTTP\/1\.[01] \d{3}/.test(text))
    return { respond: (_, response) => writeRaw(response, Buffer.from(text, 'latin1')) };
  if (/^(?:data|event|id|retry):|^:/.test(text.trimStart()))
    return { respond: (place, response) => sendEvents(response, withId(text, place)) };
  const header = /^([A-Za-z][A-Za-z0-9-]*): *([^\n]*)$/.exec(text);
  if (header !== null && !text.includes('{')) return headerReading(header[1] ?? '', header[2] ?? '', title);
  return readJsonShape(text, title);
}

function readJsonShape(text: string, title: string): Reading | undefined {
  const whole = text.trim();
  const filled = whole.replaceAll('{...}', '{}');
  if (filled.startsWith('[')) return parses(filled) ? json((place) => withId(filled, place)) : undefined;
  const isObject = filled.startsWith('{');
  const object = isObject ? filled : `{${filled}}`;
  const parsed = asObject(object.replaceAll('[...]', '[]'));
  if (parsed === undefined) return undefined;
  const keys = Object.keys(parsed);
  const has = (...any: string[]): boolean => any.some((key) => keys.includes(key));
  if (has('jsonrpc', 'result', 'error', 'method', 'id')) return messageReading(object, parsed);
  for (const [member, method] of LISTS) if (has(member)) return { ...resultReading(object, method), changedTools: [] };
  for (const [member, method] of RESULT_MEMBERS) if (has(member)) return resultReading(object, method);
  if (has(...TOOL_MEMBERS)) return toolReading(object, parsed, title);
  return resultReading(object, methodIn(title.toLowerCase()) ?? 'tools/call');
}

const LISTS = [
  ['tools', 'tools/list'],
  ['prompts', 'prompts/list'],
  ['resources', 'resources/list'],
  ['resourceTemplates', 'resources/templates/list'],
] as const;
const RESULT_MEMBERS = [
  ['content', 'tools/call'],
  ['structuredContent', 'tools/call'],
  ['isError', 'tools/call'],
  ['resultType', 'tools/call'],
  ['inputRequests', 'tools/call'],
  ['requestState', 'tools/call'],
  ['contents', 'resources/read'],
  ['messages', 'prompts/get'],
  ['completion', 'completion/complete'],
  ['supportedVersions', 'server/discover'],
  ['instructions', 'server/discover'],
  ['capabilities', 'server/discover'],
  ['protocolVersion', 'initialize'],
  ['nextCursor', 'tools/list'],
  ['cacheScope', 'tools/list'],
  ['ttlMs', 'tools/list'],
] as const;
const TOOL_MEMBERS = [
  'name',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
  'title',
  'icons',
  'execution',
];

/** A whole message: what it lacks is added; a request or notification comes before the honest answer. */
function messageReading(text: string, parsed: Readonly<Record<string, unknown>>): Reading {
  const isAnswer = Object.hasOwn(parsed, 'result') || Object.hasOwn(parsed, 'error');
  const isServersOwn = Object.hasOwn(parsed, 'method') && !isAnswer;
  const result = parsed['result'];
  const method = typeof result === 'object' && result !== null ? methodOfResult(Object.keys(result)) : undefined;
  const complete = (place: AnswerPlace): string => {
    const missing = [
      ...(Object.hasOwn(parsed, 'jsonrpc') ? [] : ['"jsonrpc":"2.0"']),
      ...(Object.hasOwn(parsed, 'id') || isServersOwn ? [] : [`"id":${JSON.stringify(place.id)}`]),
      ...(isAnswer || isServersOwn ? [] : [`"result":${honestResult(place)}`]),
    ];
    return withId(splice(fillLists(text, place), missing), place);
  };
  if (isServersOwn)
    return {
      respond(place, response) {
        sendEvents(response, `data: ${oneLine(complete(place))}\n\ndata: ${honestMessage(place)}\n\n`);
      },
    };
  return { ...json(complete), ...(method === undefined ? {} : { method }) };
}

function methodOfResult(keys: readonly string[]): string | undefined {
  return [...LISTS, ...RESULT_MEMBERS].find(([member]) => keys.includes(member))?.[1];
}

/** Members of a result: of a list they replace the honest ones, of anything else they are the result. */
function resultReading(text: string, method: string): Reading {
  const isWhole = LISTS.some(([member, of]) => of === method && text.includes(`"${member}"`));
  return {
    method,
    ...json((place) => {
      const honest = method === 'tools/call' || isWhole ? '' : honestResult(place);
      const members = honest === '' ? [] : remainingMembers(honest, asObject(text.replaceAll('[...]', '[]')) ?? {});
      return message(place, splice(fillLists(text, place), members));
    }),
  };
}

/** Members of a tool: they take the place of the same members of the tool that is meant. */
function toolReading(text: string, parsed: Readonly<Record<string, unknown>>, title: string): Reading {
  const { name, description } = parsed;
  const named = TOOLS.find((tool) => tool.name === name || (typeof name !== 'string' && title.includes(tool.name)));
  const described = TOOLS.find(
    (tool) => typeof description === 'string' && visible(description).startsWith(tool.description),
  );
  const isNew = typeof name === 'string' && named === undefined;
  const target = named ?? described ?? TOOLS[0];
  const tools = TOOLS.filter((tool) => isNew || tool !== target).map((tool) => JSON.stringify(tool));
  const changed = splice(text, isNew ? [] : remainingMembers(JSON.stringify(target), parsed));
  return {
    method: 'tools/list',
    changedTools: isNew || target === undefined ? [] : [target.name],
    ...json((place) => message(place, `{"tools":[${[...tools, changed].join(',')}]}`)),
  };
}

/** One header beside an honest body, or what the header says of the body made true. */
function headerReading(name: string, value: string, title: string): Reading {
  const lower = name.toLowerCase();
  if (lower === 'content-encoding') {
    const coding = value.trim().toLowerCase();
    return { respond: (_, response) => sendBomb(response, coding, sizeIn(title) ?? 1 << 30) };
  }
  const isRedirect = lower === 'location';
  const status = isRedirect ? 307 : Number(/\b[1-5]\d\d\b/.exec(title)?.[0]) || 200;
  return {
    respond(place, response) {
      const body = honestMessage(place);
      const headers = lower === 'content-type' ? {} : { 'Content-Type': 'application/json' };
      writeRaw(
        response,
        Buffer.from(
          `HTTP/1.1 ${status} X\r\n${headerLines({ ...headers, [name]: value })}${lower === 'content-length' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`}\r\n${body}`,
        ),
      );
    },
  };
}

// --- by words -----------------------------------------------------------------------------------------------------------

type WordRule = readonly [RegExp, (title: string, text: string) => Reading];

/** The first that fits decides; the text's own words come before the title's. */
const WORD_RULES: readonly WordRule[] = [
  [
    /gzip|brotli|\bbr\b|deflate|zstd/,
    (title) => ({ respond: (_, response) => sendBomb(response, 'gzip', sizeIn(title) ?? 1 << 30) }),
  ],
  [/redirect|\b30[12378]\b/, () => headerReading('Location', 'http://169.254.169.254/latest/meta-data/', '')],
  [/two (?:responses|answers|results)|second malicious|first benign|duplicate (?:response|answer)/, () => twoAnswers()],
  [
    /wrong id|other id|another id|id mismatch|different id|unsolicited|unknown id/,
    () => json((place) => message({ ...place, id: 'not-the-id' }, honestResult(place))),
  ],
  [/never|hang|no (?:answer|response)|silen|stall|timeout/, () => ({ respond: () => {} })],
  [
    /slow|drip|trickle|byte (?:by byte|a second|per second)/,
    () => ({ respond: (place, response) => drip(response, honestMessage(place)) }),
  ],
  [/endless|infinite|unbounded|keep-?alive comments/, () => ({ respond: (_, response) => endlessEvents(response) })],
  [
    /\blarge|huge|oversi[sz]e|\d+ ?[mg]i?b\b/,
    (title) => ({ respond: (place, response) => sendLarge(place, response, sizeIn(title) ?? 100 << 20) }),
  ],
  [
    /deep|nest/,
    () =>
      json((place) =>
        message(place, `{"content":[],"structuredContent":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
      ),
  ],
  [/truncat|cut off|half|incomplete|unterminated/, () => json((place) => honestMessage(place).slice(0, -12))],
  [/reset|disconnect|closes? |abort|hang ?up/, () => ({ respond: (_, response) => response.socket?.destroy() })],
  [/batch|json array|\barray\b/, () => json((place) => `[${honestMessage(place)}]`)],
  [
    /duplicate (?:key|member)/,
    () => json((place) => message(place, '{"content":[],"content":[{"type":"text","text":"x"}]}')),
  ],
  [/\bnan\b|infinity/, () => json((place) => message(place, '{"content":[],"structuredContent":{"x":NaN}}'))],
  [/\bbom\b|byte order/, () => json((place) => `\ufeff${honestMessage(place)}`)],
  [/utf-?8|surrogate/, () => ({ respond: (place, response) => sendBytes(response, illFormed(honestMessage(place))) })],
  [/trailing|garbage after|two values/, () => json((place) => `${honestMessage(place)}{"x":1}`)],
  [
    /html/,
    () => ({ respond: (_, response) => sendAs(response, 200, 'text/html', '<html>not what you asked for</html>') }),
  ],
  [/empty body|no body|empty/, () => ({ respond: (_, response) => sendAs(response, 200, 'application/json', '') })],
  [/set-cookie|cookie/, () => headerReading('Set-Cookie', 'sid=upstream; Path=/', '')],
  [
    /www-authenticate|\b401\b/,
    () => ({
      respond: (_, response) =>
        sendAs(response, 401, 'application/json', '{}', {
          'www-authenticate': 'Bearer resource_metadata="https://evil.test/"',
        }),
    }),
  ],
  [
    /\b([45]\d\d)\b/,
    (title, text) => ({
      respond: (_, response) =>
        sendAs(response, Number(/\b[45]\d\d\b/.exec(`${text} ${title}`)?.[0]), 'text/plain', 'no'),
    }),
  ],
  [/202|204|accepted/, () => ({ respond: (_, response) => void response.writeHead(202).end() })],
  [/flood|notifications/, () => ({ respond: (place, response) => floodOfNotifications(place, response) })],
  [/not json|plain text|malformed/, () => json(() => 'this is no JSON')],
  [/text|markdown|ansi|escape|invisible|zero.width|injection|prompt|image|link/, (title) => textReading(title)],
];

function readWords(text: string, title: string, words: string): Reading | undefined {
  const byText = WORD_RULES.find(([pattern]) => pattern.test(text.toLowerCase()) && text !== 'text');
  const byTitle = WORD_RULES.find(([pattern]) => pattern.test(words));
  const rule = byText ?? byTitle;
  if (rule !== undefined) return rule[1](title, text);
  // What is no words either is sent as it is.
  return /[{}<>[\]"]/.test(text) ? json(() => text) : undefined;
}

/** A result whose text holds what the title speaks of. */
function textReading(title: string): Reading {
  const invisible = `\u001b[31mred\u001b[0m\u200b\u202e\u{e0041}`;
  const payload = /!\[[^\]]*\]\([^)]*\)|https?:\/\/\S+/.exec(title)?.[0] ?? invisible;
  return {
    payload,
    ...json((place) => message(place, JSON.stringify({ content: [{ type: 'text', text: `${title} ${payload}` }] }))),
  };
}

function twoAnswers(): Reading {
  return {
    payload: MALICIOUS,
    respond(place, response) {
      const second = message(place, JSON.stringify({ content: [{ type: 'text', text: MALICIOUS }] }));
      sendEvents(response, `data: ${honestMessage(place)}\n\ndata: ${second}\n\n`);
    },
  };
}

const MALICIOUS = 'MALICIOUS-SECOND-ANSWER';

function floodOfNotifications(place: AnswerPlace, response: ServerResponse): void {
  const event = JSON.stringify({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { level: 'info', data: 'x'.repeat(1_000) },
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let index = 0; index < 2_000; index += 1) response.write(`data: ${event}\n\n`);
  response.end(`data: ${honestMessage(place)}\n\n`);
}

// --- writing ------------------------------------------------------------------------------------------------------------

function json(body: (place: AnswerPlace) => string): Pick<Reading, 'respond'> {
  return { respond: (place, response) => sendAs(response, 200, 'application/json', body(place)) };
}

function sendAs(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}

function sendBytes(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
}

function sendEvents(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(text);
}

/** Past the HTTP server, so that what it would not write is written. */
function writeRaw(response: ServerResponse, bytes: Buffer): void {
  response.socket?.end(bytes);
}

function sendBomb(response: ServerResponse, coding: string, size: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
  const chunks = gzipBomb('A', size).chunks()[Symbol.iterator]();
  const next = (): void => {
    for (;;) {
      if (response.destroyed) return;
      const { value, done } = chunks.next();
      if (done === true) return void response.end();
      if (!response.write(value)) return void response.once('drain', next);
    }
  };
  next();
}

/** A valid answer of that size: as a list of many tools, or one long text. */
function sendLarge(place: AnswerPlace, response: ServerResponse, size: number): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const isList = place.method.endsWith('/list');
  const unit = isList ? `{"name":"filler","description":"${'x'.repeat(60_000)}"},` : 'x'.repeat(64_000);
  const [head, tail] = isList ? ['{"tools":[', '{"name":"last"}]}'] : ['{"content":[{"type":"text","text":"', '"}]}'];
  response.write(message(place, 'HERE').split('HERE')[0] + head);
  let left = Math.ceil(size / unit.length);
  const next = (): void => {
    while (left > 0) {
      if (response.destroyed) return;
      left -= 1;
      if (!response.write(unit)) return void response.once('drain', next);
    }
    response.end(`${tail}}`);
  };
  next();
}

function drip(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let at = 0;
  const timer = setInterval(() => {
    if (response.destroyed || at > body.length) clearInterval(timer);
    else response.write(body.slice(at, (at += 1)));
  }, 1_000);
  timer.unref();
}

function endlessEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer);
    else response.write(': nothing yet\n\n');
  }, 100);
  timer.unref();
}

// --- texts --------------------------------------------------------------------------------------------------------------

function message(place: AnswerPlace, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(place.id)},"result":${result}}`;
}

function honestMessage(place: AnswerPlace): string {
  return message(place, honestResult(place));
}

function honestResult({ method, era }: AnswerPlace): string {
  const request = understand(node, Buffer.from(JSON.stringify({ id: 1, method, params: PARAMS[method] ?? {} })));
  const outcome = request.kind === 'message' ? honestOutcome(request, era, node) : undefined;
  return JSON.stringify(outcome !== undefined && 'result' in outcome ? outcome.result : {});
}

/** `[...]` in a list stands for what an honest list has. */
function fillLists(text: string, place: AnswerPlace): string {
  const honest = asObject(honestResult(place)) ?? {};
  return text.replaceAll(
    /"(\w+)"\s*:\s*\[\.\.\.\]/g,
    (_, member: string) => `"${member}":${JSON.stringify(honest[member] ?? [])}`,
  );
}

/** `${ID}` and the like in an answer stand for the id of the request. */
function withId(text: string, place: AnswerPlace): string {
  return text.replaceAll(/"?\$\{(?:REQUEST_)?ID\}"?|<id>/gi, JSON.stringify(place.id));
}

/** Puts members at the beginning of an object's text. */
function splice(object: string, members: readonly string[]): string {
  if (members.length === 0) return object;
  const inside = object.slice(1);
  return `{${members.join(',')}${inside.trimStart().startsWith('}') ? '' : ','}${inside}`;
}

/** The members of a text of an object that another one does not have. */
function remainingMembers(text: string, without: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(asObject(text) ?? {})
    .filter(([key]) => !Object.hasOwn(without, key))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
}

function asObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function visible(text: string): string {
  return text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

function illFormed(text: string): Buffer {
  const [head = '', tail = ''] = text.split('"result"');
  return Buffer.concat([
    Buffer.from(`${head}"x\u0000`.slice(0, -1)),
    Buffer.from([0xff, 0xfe]),
    Buffer.from(`":1,"result"${tail}`),
  ]);
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** A size that a text names, in bytes. */
function sizeIn(text: string): number | undefined {
  const sizes = [...text.matchAll(/(\d+) ?([KMG])i?B/gi)].map(
    ([, count, unit]) => Number(count) * 1024 ** ('KMG'.indexOf((unit ?? '').toUpperCase()) + 1),
  );
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

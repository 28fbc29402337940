/**
 * A server that says exactly what a test writes, byte for byte where the bytes matter, and keeps what it was sent. For
 * behaviour that no honest server shows.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from './raw-http.ts';

export interface Received {
  readonly message: Json;
  /** The body as it came. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Reply {
  /** Answers with this `result`, as JSON text. */
  result(text: string): void;
  /** Begins an event stream, if it has not begun, and sends one event. */
  event(message: Json, id?: string): void;
  /** Ends the stream. */
  end(): void;
  readonly response: ServerResponse;
}

/** What the server does with a request; `undefined` leaves it to the defaults. */
export type Script = Readonly<Record<string, (received: Received, reply: Reply) => void | Promise<void>>>;

export interface ScriptedServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** The next message that is what is wanted. */
  next(isWanted: (message: Json) => boolean): Promise<Json>;
  close(): Promise<void>;
}

/** Serves the initialize era; methods without a script are answered as an empty server would. */
export async function openScriptedServer(script: Script): Promise<ScriptedServer> {
  const received: Received[] = [];
  const waiting = new Set<(message: Json) => void>();
  const listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
      const text = Buffer.concat(chunks).toString();
      const message: Json = JSON.parse(text);
      const entry = { message, text, headers: request.headers };
      received.push(entry);
      for (const look of waiting) look(message);
      if (message.id === undefined || message.method === undefined) return void response.writeHead(202).end();
      const act = script[message.method] ?? defaults[message.method];
      const reply = replyTo(message, response);
      if (act === undefined) reply.result('{}');
      else void act(entry, reply);
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`,
    received,
    next: (isWanted) =>
      new Promise((resolve) => {
        const look = (message: Json): void => {
          if (!isWanted(message)) return;
          waiting.delete(look);
          resolve(message);
        };
        waiting.add(look);
      }),
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
}

function replyTo(message: Json, response: ServerResponse): Reply {
  const id = JSON.stringify(message.id);
  let isStream = false;
  return {
    response,
    result(text) {
      const answer = `{"jsonrpc":"2.0","id":${id},"result":${text}}`;
      if (isStream) return void response.end(`data: ${answer}\n\n`);
      const session = message.method === 'initialize' ? { 'mcp-session-id': 'scripted' } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...session }).end(answer);
    },
    event(sent, eventId) {
      if (!isStream) response.writeHead(200, { 'content-type': 'text/event-stream' });
      isStream = true;
      response.write(`${eventId === undefined ? '' : `id: ${eventId}\n`}data: ${JSON.stringify(sent)}\n\n`);
    },
    end: () => response.end(),
  };
}

const defaults: Script = {
  'server/discover': (_received, reply) => {
    reply.response
      .writeHead(400, { 'content-type': 'application/json' })
      .end('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no session"}}');
  },
  initialize: ({ message }, reply) =>
    reply.result(
      JSON.stringify({
        protocolVersion: message.params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '1' },
      }),
    ),
  'tools/list': (_received, reply) => reply.result(`{"tools":[{"name":"act","inputSchema":{"type":"object"}}]}`),
};

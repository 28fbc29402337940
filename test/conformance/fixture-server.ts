/**
 * A server of both eras on one URL, for the official suite and the end-to-end tests: 2026-07-28 by the SDK's own entry,
 * earlier revisions with sessions, streams and resumption. Run as a program it prints its URL and serves until it is ended.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  localhostHostValidation,
  localhostOriginValidation,
  type NodeIncomingMessageLike,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type McpServer } from '@modelcontextprotocol/server';
import { buildFixture } from './fixture/build-fixture.ts';
import { eventMemory } from './fixture/event-memory.ts';
import type { FixtureHandles } from './fixture/tools.ts';

export interface FixtureServer {
  readonly url: string;
  readonly observed: FixtureHandles['observed'];
  /** Of the newest request. */
  lastHeaders(): IncomingHttpHeaders;
  /** Sessions of earlier revisions that are open. */
  readonly sessions: ReadonlyMap<string, unknown>;
  close(): Promise<void>;
}

export type ServedEras = 'both' | 'initialize' | 'stateless';

/** How soon a client should come back to a stream that the server closed (milliseconds). */
const RETRY_MS = 100;

export async function openFixtureServer(eras: ServedEras = 'both', port = 0): Promise<FixtureServer> {
  const sessions = new Map<string, Session>();
  const observed = { waiting: [], cancelled: [] };
  const handles: FixtureHandles = {
    observed,
    toolsChanged() {
      stateless.notify.toolsChanged();
      for (const { server } of sessions.values()) server.sendToolListChanged();
    },
    promptsChanged() {
      stateless.notify.promptsChanged();
      for (const { server } of sessions.values()) server.sendPromptListChanged();
    },
  };
  const stateless = createMcpHandler(() => buildFixture(handles), { legacy: 'reject' });
  const serveStateless = toNodeHandler(stateless);
  const isAllowedHost = localhostHostValidation();
  const isAllowedOrigin = localhostOriginValidation();
  let lastHeaders: IncomingHttpHeaders = {};
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    lastHeaders = request.headers;
    if (!isAllowedHost(request, response) || !isAllowedOrigin(request, response)) return;
    const body = await readBody(request);
    // The SDK's own view of a request; the two differ in how they spell an absent member.
    const asked = request as NodeIncomingMessageLike;
    const isEarlier = eras !== 'stateless' && (await isLegacyRequest(await toWebRequest(asked, body), body));
    if (eras === 'initialize' || isEarlier) await serveSession(request, response, body, sessions, handles);
    else await serveStateless(asked, response, body);
  };
  const listener = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`,
    observed,
    lastHeaders: () => lastHeaders,
    sessions,
    async close() {
      await stateless.close();
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
      listener.closeAllConnections();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
}

interface Session {
  readonly server: McpServer;
  readonly transport: NodeStreamableHTTPServerTransport;
}

async function serveSession(
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  sessions: Map<string, Session>,
  handles: FixtureHandles,
): Promise<void> {
  const id = request.headers['mcp-session-id'];
  if (typeof id === 'string') {
    const session = sessions.get(id);
    if (session !== undefined) return await session.transport.handleRequest(request, response, body);
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Session not found' } }));
    return undefined;
  }
  const server = buildFixture(handles);
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: eventMemory(),
    retryInterval: RETRY_MS,
    onsessioninitialized: (opened) => {
      sessions.set(opened, { server, transport });
    },
    onsessionclosed: (closed) => {
      sessions.delete(closed);
    },
  });
  await server.connect(transport);
  return await transport.handleRequest(request, response, body);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}

if (import.meta.main) {
  const server = await openFixtureServer('both', Number(process.env['PORT'] ?? 0));
  console.log(server.url);
}

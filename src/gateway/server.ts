/** The data plane's listener: sockets, their limits, and nothing else. What a message means is decided on its path. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { GatewayDependencies } from './dependencies.ts';
import { followSnapshot } from './follow-snapshot.ts';
import { Gateway } from './gateway.ts';
import { handleMessage } from './path/message-path.ts';
import { breakOff } from './path/read-body.ts';
import { type Refusal, refusalBody, wireRefusal } from './path/refusal.ts';
import type { GatewaySettings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import { isolationOf } from './upstream/stdio/entry.ts';
import { entryOf } from './upstream/stdio/stdio-connector.ts';

export interface GatewayServer {
  /** Resolves with the address, once connections are accepted. Rejects when the port is taken or not allowed. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Takes up a new snapshot: closes what lost its grant, tells clients of changed lists. */
  follow(snapshot: Snapshot): Promise<void>;
  /** What is known of each server, for `/readyz` and `status`. */
  describeServers(): readonly {
    readonly slug: string;
    /** True for a local server that could read the data directory. */
    readonly isUnconfined: boolean;
    readonly eras: readonly {
      readonly era: string;
      readonly tools: number | undefined;
      readonly problem: string | undefined;
    }[];
  }[];
  /** Lists every server, so that the first call need not wait. */
  warmUp(): Promise<void>;
  /** Stops accepting, waits up to `graceMs` for what is under way, then ends it. */
  close(graceMs: number): Promise<void>;
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export function createGatewayServer(
  dependencies: GatewayDependencies,
  settings: GatewaySettings,
  tls: TlsFiles | undefined,
): GatewayServer {
  const gateway = new Gateway(dependencies, settings);
  const options = {
    maxHeaderSize: settings.headerBytesMax,
    requestTimeout: settings.requestTimeoutMs,
    headersTimeout: Math.min(settings.requestTimeoutMs, 15_000),
    keepAliveTimeout: settings.idleTimeoutMs,
    connectionsCheckingInterval: 2_000,
    requireHostHeader: true,
    insecureHTTPParser: false,
    noDelay: true,
  };
  const inHand = new WeakMap<Socket, IncomingMessage>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    inHand.set(request.socket, request);
    void handleMessage(gateway, request, response);
  };
  const server: Server =
    tls === undefined
      ? createHttpServer(options, onRequest)
      : createHttpsServer({ ...options, ...tls, minVersion: 'TLSv1.2' }, onRequest);
  // Node would silently drop headers beyond a count; the size is bounded, and the count is checked on the path.
  server.maxHeadersCount = 0;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseUnparsed(gateway, error, socket, inHand.get(socket)),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    onRequest(request, response);
  });
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port, backlog: 4096 }, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    follow: (snapshot) => followSnapshot(gateway, snapshot),
    describeServers: () =>
      dependencies.snapshots.current().servers.map((view) => ({
        slug: view.slug,
        isUnconfined: view.upstream.kind === 'stdio' && isolationOf(entryOf(view.upstream)) === 'none',
        eras: gateway.servers.handle(view).definitions.describe(),
      })),
    async warmUp() {
      await Promise.all(
        dependencies.snapshots
          .current()
          .servers.map((view) => gateway.servers.handle(view).definitions.open('initialize')),
      );
    },
    async close(graceMs) {
      gateway.isClosing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      await gateway.close(graceMs);
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * What Node's parser refuses. Where it is the body of a request in hand that breaks off, the path of that request refuses
 * and records it. Anything else never became a request: counted by source, answered in one line, closed.
 */
function refuseUnparsed(
  gateway: Gateway,
  error: NodeJS.ErrnoException,
  socket: Socket,
  inHand: IncomingMessage | undefined,
): void {
  // The parser complains again of what still arrives on a connection that was answered.
  if (socket.writableEnded || socket.destroyed) return;
  const refusal = unparsedRefusal(error);
  if (inHand !== undefined && breakOff(inHand, refusal)) return;
  gateway.noteEarlyRefusal(socket.remoteAddress, refusal.reason);
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const status = wireRefusal(refusal).httpStatus;
  const body = refusalBody(null, refusal);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function unparsedRefusal(error: NodeJS.ErrnoException): Refusal {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'headers-too-large', detail: 'they are larger than this server reads' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { reason: 'request-timeout', detail: 'the message took too long to arrive' };
    default:
      return { reason: 'ambiguous-http', detail: 'this is not well-formed HTTP/1.1' };
  }
}

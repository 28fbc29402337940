/** The control plane's listener: an ordinary request/response application, apart from the data plane. */
import { timingSafeEqual } from 'node:crypto';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type HostRules, isAllowedHost, isAllowedOrigin } from '../core/mcp/allowed-hosts.ts';
import type { PlanTools } from '../core/organisation/plan-apply.ts';
import type { ControlStore } from '../core/organisation/state.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Readiness } from './contracts/health.ts';
import { problem } from './problem.ts';
import { applyRoutes } from './routes/apply.ts';
import { healthRoutes } from './routes/health.ts';
import { serverRoutes } from './routes/servers.ts';

export interface ControlDependencies {
  readonly store: ControlStore;
  readonly planTools: PlanTools;
  readonly operatorKey: string;
  readonly hosts: HostRules;
  readonly metrics: Metrics;
  readonly log: Log;
  /** What `/readyz` says. */
  readiness(): Promise<Readiness>;
  /** Called after every change of state, so that it holds for the next message. */
  onChange(): Promise<void>;
}

export interface ControlServer {
  listen(host: string, port: number): Promise<AddressInfo>;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 16 << 20;

export function createControlServer(
  dependencies: ControlDependencies,
  tls: { readonly cert: string; readonly key: string } | undefined,
): ControlServer {
  const app = createControlApp(dependencies);
  let server: ServerType | undefined;
  return {
    listen: (hostname, port) =>
      new Promise((resolve, reject) => {
        const options =
          tls === undefined
            ? {}
            : { createServer: createHttpsServer, serverOptions: { ...tls, minVersion: 'TLSv1.2' as const } };
        server = serve({ fetch: app.fetch, hostname, port, ...options }, (address) => resolve(address));
        server.once('error', reject);
      }),
    close: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve();
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** The application without a socket, for tests. */
export function createControlApp(dependencies: ControlDependencies): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const origin = context.req.header('origin');
    if (!isAllowedHost(context.req.header('host') ?? '', dependencies.hosts))
      return problem(context, 403, 'forbidden-host', 'Host names another machine.');
    if (origin !== undefined && !isAllowedOrigin(origin, dependencies.hosts))
      return problem(context, 403, 'forbidden-origin', 'Origin is not allowed.');
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    return next();
  });
  app.route('/', healthRoutes(dependencies));
  app.use('*', async (context, next) => {
    const token = /^bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (token === undefined || !isEqual(token, dependencies.operatorKey)) {
      context.header('www-authenticate', 'Bearer realm="callgate control"');
      return problem(context, 401, 'unauthenticated', 'Send the operator key of the data directory as a bearer token.');
    }
    return next();
  });
  app.use(
    '*',
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: (context) => problem(context, 413, 'too-large', `The body is larger than ${BODY_BYTES_MAX} bytes.`),
    }),
  );
  app.get('/metrics', async (context) =>
    context.text(await dependencies.metrics.registry.metrics(), 200, {
      'content-type': dependencies.metrics.registry.contentType,
    }),
  );
  app.route('/api/v1', applyRoutes(dependencies));
  app.route('/api/v1', serverRoutes(dependencies));
  app.notFound((context) => problem(context, 404, 'not-found', 'There is nothing at this path.'));
  app.onError((error, context) => {
    dependencies.log.error('control-request-failed', { path: context.req.path, error: error.stack ?? error.message });
    return problem(context, 500, 'internal', 'The request failed; the process log says why.');
  });
  return app;
}

function isEqual(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

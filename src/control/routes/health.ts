import { Hono } from 'hono';
import type { Readiness } from '../contracts/health.ts';

/** Liveness and readiness, the only routes that need no credential. They name no secret and no server's answer. */
export function healthRoutes(dependencies: { readiness(): Promise<Readiness> }): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const readiness = await dependencies.readiness();
    const body = {
      status: readiness.isReady ? 'ready' : 'not ready',
      problems: readiness.problems,
      warnings: readiness.warnings,
    };
    return context.json(body, readiness.isReady ? 200 : 503);
  });
  return app;
}

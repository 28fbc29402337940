import { Hono } from 'hono';
import { z } from 'zod';
import type { ControlStore, StoredServer } from '../../core/organisation/state.ts';
import { problem } from '../problem.ts';

const AcceptRequest = z.strictObject({
  /** Everything that is held, or single definitions. */
  items: z.union([z.literal('all'), z.array(z.strictObject({ kind: z.string(), name: z.string() })).min(1)]),
});

/** Registered servers, what they list, and the acceptance of what is held back. */
export function serverRoutes(dependencies: { readonly store: ControlStore; onChange(): Promise<void> }): Hono {
  const { store } = dependencies;
  const find = async (ref: string): Promise<StoredServer | undefined> =>
    (await store.read(store.organisation)).servers.find((server) => server.slug === ref || server.id === ref);
  const app = new Hono();
  app.get('/servers', async (context) => {
    const { servers } = await store.read(store.organisation);
    return context.json({
      servers: servers.map((server) => ({ id: server.id, slug: server.slug, kind: server.entry.kind })),
    });
  });
  app.get('/servers/:ref/definitions', async (context) => {
    const server = await find(context.req.param('ref'));
    if (server === undefined) return problem(context, 404, 'unknown-server', 'No server has this slug or id.');
    const definitions = await store.listDefinitions(server.id);
    return context.json({ server: server.slug, definitions });
  });
  app.post('/servers/:ref/accept', async (context) => {
    const server = await find(context.req.param('ref'));
    if (server === undefined) return problem(context, 404, 'unknown-server', 'No server has this slug or id.');
    const parsed = AcceptRequest.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success)
      return problem(
        context,
        400,
        'invalid-request',
        'Expected `{"items": "all"}` or `{"items": [{"kind", "name"}]}`.',
      );
    const accepted = await store.acceptDefinitions(server.id, parsed.data.items);
    await dependencies.onChange();
    return context.json({ server: server.slug, accepted });
  });
  return app;
}

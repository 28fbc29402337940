import { afterAll, beforeAll, expect, test } from 'vitest';
import { everythingListed } from '../harness/catalogue.ts';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { bearer, type Json, LATEST_INITIALIZE, RawSession, sendStateless, statelessMeta } from '../harness/raw-http.ts';
import { RawStdio } from '../harness/raw-stdio.ts';
import { realServer, realServers } from '../harness/real-servers.ts';
import { expectSame, notCached, withoutTasks } from '../harness/same-json.ts';

const TOKEN = 'a-grant-for-real-servers-of-32-characters';
const READER = 'a-grant-that-sees-less-of-32-characters';
const HIDDEN = ['echo', 'get-*'];
/** As much as a client can offer: some servers have tools only for clients that can be asked. */
const ABLE = { roots: { listChanged: true }, sampling: {}, elicitation: {} };
const ALL = { version: '1', default: 'allow', methods: { 'sampling/createMessage': {}, 'elicitation/create': {} } };

/** One call for each server, that needs no network and says the same each time. */
const CALLS: Readonly<Record<string, { readonly name: string; readonly arguments: Json }>> = {
  files: { name: 'list_allowed_directories', arguments: {} },
  everything: { name: 'echo', arguments: { message: 'said' } },
  memory: { name: 'read_graph', arguments: {} },
  thinking: {
    name: 'sequentialthinking',
    arguments: { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
  },
  time: { name: 'days_in_month', arguments: { date: '2026-02-01' } },
};

let gateway: RunningGateway;
const urlOf = (slug: string): string => `${gateway.url}/mcp/${slug}`;

beforeAll(async () => {
  gateway = await startGateway({
    servers: realServers.map(({ slug, command }) => ({ slug, stdio: command })),
    policies: [
      ...realServers.map(({ slug }) => ({ name: `all-of-${slug}`, server: slug, document: ALL })),
      { name: 'some', server: 'everything', document: { ...ALL, hide: HIDDEN } },
    ],
    grants: [
      {
        label: 'tester',
        token: TOKEN,
        servers: Object.fromEntries(realServers.map(({ slug }) => [slug, `all-of-${slug}`])),
      },
      { label: 'reader', token: READER, servers: { everything: 'some' } },
    ],
  });
});
afterAll(() => gateway.stop());

test.each(realServers)(
  '$slug says through the gateway what it says directly, in the initialize era',
  async ({ slug, command, revision }) => {
    const direct = new RawStdio(command);
    try {
      const opened = await openDirectly(direct, ABLE);
      const session = await RawSession.open(urlOf(slug), bearer(TOKEN), ABLE);
      expect(session.revision).toBe(revision);
      expectSame(session.opened, withoutTasks(opened));
      expectSame(
        await everythingListed(session, session.opened.capabilities),
        await everythingListed(direct, opened.capabilities),
      );
      const call = CALLS[slug];
      if (call !== undefined)
        expectSame(await session.result('tools/call', call), await direct.result('tools/call', call));
      expect(await session.end()).toBe(200);
    } finally {
      await direct.close();
    }
  },
);

test.each(realServers.filter((server) => server.isStateless))(
  '$slug says through the gateway what it says directly, in 2026-07-28',
  async ({ slug, command }) => {
    const direct = new RawStdio(command);
    const through = {
      result: async (method: string, params: Json = {}) =>
        (await sendStateless(urlOf(slug), bearer(TOKEN), method, params)).message.result,
    };
    const itself = {
      result: (method: string, params: Json = {}) => direct.result(method, { ...params, _meta: statelessMeta() }),
    };
    try {
      const discovered = await itself.result('server/discover');
      expectSame(notCached(await through.result('server/discover')), notCached(discovered));
      expectSame(
        await everythingListed(through, discovered.capabilities),
        await everythingListed(itself, discovered.capabilities),
      );
    } finally {
      await direct.close();
    }
  },
);

test('what a policy hides is missing, and nothing else is', async () => {
  const direct = new RawStdio(realServer('everything').command);
  try {
    // A client that cannot be asked anything is shown less by the server itself.
    const opened = await openDirectly(direct, {});
    const session = await RawSession.open(urlOf('everything'), bearer(READER), {});
    const { tools, ...rest } = await everythingListed(direct, opened.capabilities);
    const shown = tools?.filter(({ name }) => name !== 'echo' && !name.startsWith('get-'));
    expect(shown?.length).toBeLessThan(tools?.length ?? 0);
    expectSame(await everythingListed(session, session.opened.capabilities), { tools: shown, ...rest });
    await session.end();
  } finally {
    await direct.close();
  }
});

async function openDirectly(direct: RawStdio, capabilities: Json): Promise<Json> {
  const opened = await direct.result('initialize', {
    protocolVersion: LATEST_INITIALIZE,
    capabilities,
    clientInfo: { name: 'raw', version: '1' },
  });
  direct.notify('notifications/initialized');
  return opened;
}

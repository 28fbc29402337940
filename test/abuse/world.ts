/** Everything a case is played against: the gateway, four recording servers behind it, and what its clients hold. */
import { createHash, randomBytes } from 'node:crypto';
import { createGrantToken } from '../../src/core/identity/grant-token.ts';
import { type KeyRing, openKeyRing } from '../../src/stores/keys/key-ring.ts';
import { POLICY_A, POLICY_B, POLICY_READER } from './fixture/policies.ts';
import { type GatewayOptions, GatewayUnderTest } from './gateway-under-test.ts';
import { LedgerView } from './ledger-view.ts';
import { PERSONALITIES, type Personality } from './parsers/personality.ts';
import { RecordingUpstream } from './upstream/recording-upstream.ts';

/** One personality: its server, and the name under which the gateway knows it. */
export interface Lane {
  readonly personality: Personality;
  readonly upstream: RecordingUpstream;
  readonly slug: string;
}

export interface Tokens {
  readonly a: string;
  readonly b: string;
  /** What A may do, and reading: resources, prompts, completions. */
  readonly reader: string;
  readonly expired: string;
  /** Of the right form, and nobody's. */
  readonly unknown: string;
}

export interface World {
  readonly gateway: GatewayUnderTest;
  readonly lanes: readonly Lane[];
  /** A server that exists and that no grant covers. */
  readonly uncoveredSlug: string;
  readonly tokens: Tokens;
  readonly ledger: LedgerView;
  readonly keys: KeyRing;
  close(): Promise<void>;
}

/** The lane of cases in which it does not matter how a server parses. */
export function firstLane(world: World): Lane {
  const [lane] = world.lanes;
  if (lane === undefined) throw new Error('there is no lane');
  return lane;
}

/** As the gateway is reached from outside; cases name it in `Host` and `Origin`. */
export const PUBLIC_URL = 'https://gw.example.com';

/** Bounds that are short enough to be waited for. */
export const SETTINGS = {
  public_url: PUBLIC_URL,
  allowed_hosts: ['gw', 'gw.example.com'],
  request_timeout_ms: 4_000,
  upstream_timeout_ms: 4_000,
  upstream_idle_ms: 3_000,
  listing_timeout_ms: 5_000,
  keep_alive_ms: 1_000,
} as const;

export async function openWorld(overrides: Partial<GatewayOptions> = {}): Promise<World> {
  const lanes = await Promise.all(
    PERSONALITIES.map(async (personality) => ({
      personality,
      upstream: await new RecordingUpstream(personality).listen(),
      slug: `s-${personality.name}`,
    })),
  );
  const tokens: Tokens = { a: newToken(), b: newToken(), reader: newToken(), expired: newToken(), unknown: newToken() };
  const uncoveredSlug = 's-uncovered';
  const gateway = await GatewayUnderTest.start({
    stack: stackOf(lanes, tokens, uncoveredSlug),
    settings: SETTINGS,
    ...overrides,
  });
  const ledger = new LedgerView(gateway.ledgerFile);
  return {
    gateway,
    lanes,
    uncoveredSlug,
    tokens,
    ledger,
    keys: openKeyRing(gateway.keyFolder),
    async close() {
      ledger.close();
      await gateway.stop();
      await Promise.all(lanes.map((lane) => lane.upstream.close()));
    },
  };
}

/** `stack.yaml` as data: for each lane a server and a policy for each grant. */
export function stackOf(lanes: readonly Lane[], tokens: Tokens, uncoveredSlug: string): unknown {
  const server = (slug: string, url: string): unknown => ({
    slug,
    http: { url, allow_private: true, headers: { 'X-Api-Key': UPSTREAM_SECRET } },
  });
  const grant = (label: string, token: string, letter: string, rest: object = {}): unknown => ({
    label,
    token,
    servers: Object.fromEntries(lanes.map((lane) => [lane.slug, `${letter}-${lane.slug}`])),
    ...rest,
  });
  return {
    version: '1',
    servers: [
      ...lanes.map((lane) => server(lane.slug, lane.upstream.url)),
      server(uncoveredSlug, lanes[0]?.upstream.url ?? ''),
    ],
    policies: lanes.flatMap((lane) => [
      { name: `a-${lane.slug}`, server: lane.slug, document: POLICY_A },
      { name: `b-${lane.slug}`, server: lane.slug, document: POLICY_B },
      { name: `reader-${lane.slug}`, server: lane.slug, document: POLICY_READER },
    ]),
    grants: [
      grant('grant-a', tokens.a, 'a'),
      grant('grant-b', tokens.b, 'b'),
      grant('grant-reader', tokens.reader, 'reader'),
      grant('grant-expired', tokens.expired, 'a', { expires: '2020-01-01T00:00:00Z' }),
    ],
  };
}

/** The credential of the gateway towards its servers; it must never be seen by a client. */
export const UPSTREAM_SECRET = `upstream-secret-${createHash('sha256').update(randomBytes(8)).digest('hex').slice(0, 16)}`;

export function newToken(): string {
  return createGrantToken(randomBytes(32));
}

/** Adds a server with its own policy and grant to the running gateway, over the control API, as an operator does. */
import type { Lane, World } from './world.ts';
import { newToken } from './world.ts';

export interface FreshServer {
  readonly slug: string;
  readonly token: string;
  readonly label: string;
}

let made = 0;

export interface FreshOptions {
  readonly policy: unknown;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expiresAt?: number;
  /** URL of the server instead of the lane's. */
  readonly url?: string;
}

/** Throws with the control API's words when it is refused. */
export async function addServer(world: World, lane: Lane, options: FreshOptions): Promise<FreshServer> {
  made += 1;
  const slug = `x-${made}`;
  const token = newToken();
  const label = `fresh-${made}`;
  const entry = {
    kind: 'http',
    url: options.url ?? lane.upstream.url,
    headers: {},
    allowPrivate: true,
    timeoutSeconds: null,
  };
  await apply(world, {
    servers: [{ slug, entry }],
    policies: [{ name: `fresh-${made}`, server: slug, document: JSON.stringify(options.policy) }],
    grants: [grantOf({ slug, token, label }, `fresh-${made}`, options)],
  });
  return { slug, token, label };
}

/** A further grant on a server that was added before. */
export async function addGrant(
  world: World,
  server: FreshServer,
  rest: Partial<{ label: string; owner: string; labels: Record<string, string>; expiresAt: number }> = {},
): Promise<FreshServer> {
  made += 1;
  const grant = { slug: server.slug, token: newToken(), label: rest.label ?? `fresh-grant-${made}` };
  await apply(world, {
    servers: [],
    policies: [],
    grants: [{ ...grantOf(grant, server.label, rest), owner: rest.owner ?? null }],
  });
  return grant;
}

export async function setPolicy(world: World, server: FreshServer, policy: unknown): Promise<void> {
  await apply(world, {
    servers: [],
    policies: [{ name: server.label, server: server.slug, document: JSON.stringify(policy) }],
    grants: [],
  });
}

export async function apply(world: World, request: object): Promise<void> {
  const answer = await world.gateway.control(
    'POST',
    '/api/v1/apply',
    JSON.stringify({ prune: false, dryRun: false, ...request }),
  );
  if (answer.status !== 200) throw new Error(`apply was refused: ${JSON.stringify(answer.body)}`);
}

function grantOf(
  grant: FreshServer,
  policy: string,
  options: { readonly labels?: Readonly<Record<string, string>>; readonly expiresAt?: number },
): object {
  return {
    label: grant.label,
    owner: null,
    token: grant.token,
    servers: { [grant.slug]: policy },
    labels: options.labels ?? {},
    expiresAt: options.expiresAt ?? null,
  };
}

/** Plays one message on every lane at once and collects what everybody saw of it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DecisionRecord } from '../../src/core/decisions/record.ts';
import { Placeholders } from './client/placeholders.ts';
import { type Exchanged, exchange } from './client/raw-http.ts';
import { httpRequestBytes, rawBytes } from './client/request-bytes.ts';
import { type RpcAnswer, rpcAnswer } from './client/rpc-answer.ts';
import type { AbuseRow, RawRequest } from './row.ts';
import type { SeenRequest } from './upstream/recording-upstream.ts';
import type { Lane, World } from './world.ts';

export interface LanePlay {
  readonly lane: Lane;
  /** The message as its row has it, placeholders and all. */
  readonly request?: RawRequest;
  readonly exchanged: Exchanged;
  readonly answers: readonly RpcAnswer[];
  /** What the server was sent for clients; the gateway's own look at it is left out. */
  readonly seen: readonly SeenRequest[];
  /** Decisions on messages of clients. */
  readonly decisions: readonly DecisionRecord[];
  /** Requests that reached the server before the decision on them was durable. */
  readonly premature: readonly string[];
}

export interface Played {
  readonly lanes: readonly LanePlay[];
  /** Decisions on messages for no server. */
  readonly serverless: readonly DecisionRecord[];
  /** Messages refused before a grant was known. */
  readonly early: number;
}

/** Longest wait for an answer; the bounds of the gateway under test are shorter. */
export const DEADLINE_MS = 12_000;
/** How long a further answer is waited for on a connection whose bytes may hold more than one message. */
const LINGER_MS = 80;

/** Plays a row of `transport: http` or `raw-tcp`. */
export async function playMessage(world: World, row: AbuseRow): Promise<Played> {
  const fillers = world.lanes.map((lane) => ({ lane, placeholders: new Placeholders(world, lane) }));
  try {
    const requests = new Map<Lane, RawRequest>();
    // One after the other: a state is made with the help of a server that answers out of the ordinary.
    for (const { lane, placeholders } of fillers)
      requests.set(lane, await placeholders.fill(onLane(row.rawRequest, lane)));
    const played = await watch(world, (lane) => send(world, requests.get(lane) ?? row.rawRequest));
    return { ...played, lanes: played.lanes.map((play) => ({ ...play, request: row.rawRequest })) };
  } finally {
    for (const { placeholders } of fillers) await placeholders.release();
  }
}

/** Raw bytes name the server by the slug of the cases' own gateway. */
function onLane(request: RawRequest, lane: Lane): RawRequest {
  return request.bytes === undefined
    ? request
    : { ...request, bytes: request.bytes.replaceAll(/\/mcp\/s(?=[ ?#\r\n])/g, `/mcp/${lane.slug}`) };
}

function send(world: World, request: RawRequest): Promise<Exchanged> {
  const { data } = world.gateway;
  const isRaw = request.transport === 'raw-tcp' || request.bytes !== undefined || request.bytesB64 !== undefined;
  const bytes = isRaw ? rawBytes(request) : httpRequestBytes(request, `${data.host}:${data.port}`);
  return exchange(data, bytes.chunks(), { timeoutMs: DEADLINE_MS, lingerMs: isRaw ? LINGER_MS : 0 });
}

/** Does something on every lane at once, with the recorders running. */
export async function watch(world: World, act: (lane: Lane) => Promise<Exchanged>): Promise<Played> {
  const { gateway, ledger, lanes } = world;
  const earlyBefore = await gateway.earlyRefusals();
  const position = ledger.position();
  const plays = await Promise.all(lanes.map((lane) => watchLane(world, position, lane, act)));
  const expectedMessages = plays.reduce((sum, { answers }) => sum + Math.max(1, answers.length), 0);
  const { decisions, early } = await settled(world, position, earlyBefore, expectedMessages);
  return {
    early,
    serverless: decisions.filter((decision) => decision.server === undefined),
    lanes: plays.map(({ firstSeen, ...play }) => ({
      ...play,
      // Looked at last: what a server gets late counts too.
      seen: play.lane.upstream.seen.slice(firstSeen).filter((request) => !request.isGateways),
      decisions: decisions.filter((decision) => decision.server?.slug === play.lane.slug),
    })),
  };
}

async function watchLane(
  world: World,
  position: number,
  lane: Lane,
  act: (lane: Lane) => Promise<Exchanged>,
): Promise<Omit<LanePlay, 'decisions' | 'seen'> & { readonly firstSeen: number }> {
  const { upstream } = lane;
  const firstSeen = upstream.seen.length;
  const premature: string[] = [];
  upstream.onRequest = (seen) => {
    const problem = seen.isGateways ? undefined : prematureProblem(world, position, lane, firstSeen);
    if (problem !== undefined) premature.push(problem);
  };
  try {
    const exchanged = await act(lane);
    return { lane, exchanged, answers: exchanged.answers.map(rpcAnswer), premature, firstSeen };
  } finally {
    upstream.onRequest = () => {};
  }
}

/** What is recorded once it is as much as was to be expected, or no more is coming. */
async function settled(
  world: World,
  position: number,
  earlyBefore: number,
  expected: number,
): Promise<{ decisions: readonly DecisionRecord[]; early: number }> {
  const deadline = performance.now() + 1_000;
  for (;;) {
    const decisions = world.ledger.decisionsAfter(position).filter((decision) => decision.direction === 'client');
    const early = (await world.gateway.earlyRefusals()) - earlyBefore;
    if (decisions.length + early >= expected || performance.now() > deadline) return { decisions, early };
    await pause(20);
  }
}

/** A request is at its server: the decision that let it through must be in the file already. */
function prematureProblem(world: World, position: number, lane: Lane, firstSeen: number): string | undefined {
  const sent = lane.upstream.seen.slice(firstSeen).filter((seen) => !seen.isGateways && seen.httpMethod === 'POST');
  const allowed = world.ledger
    .decisionsAfter(position)
    .filter((decision) => decision.server?.slug === lane.slug && decision.effect === 'allow');
  return allowed.length >= sent.length
    ? undefined
    : `the server had ${sent.length} requests when ${allowed.length} decisions were durable`;
}

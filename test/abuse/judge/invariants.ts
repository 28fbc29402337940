/** What must hold whatever a row expects: nothing leaks, nothing is executed that was not evaluated, everything ends. */
import { canonicalText } from '../../../src/core/mcp/json/canonical.ts';
import { CLIENT_MESSAGE_LIMITS } from '../../../src/core/mcp/json/limits.ts';
import { readJson } from '../../../src/core/mcp/json/read.ts';
import { isJsonObject, ownMember } from '../../../src/core/mcp/json/value.ts';
import { decodeHeaderValue } from '../../../src/core/mcp/mirrored-headers.ts';
import type { Exchanged } from '../client/raw-http.ts';
import { isAllowedAsWritten } from '../fixture/written-policy.ts';
import { PERSONALITIES } from '../parsers/personality.ts';
import { understand } from '../parsers/understood.ts';
import type { LanePlay } from '../play.ts';
import type { SeenRequest } from '../upstream/recording-upstream.ts';
import type { World } from '../world.ts';
import { UPSTREAM_SECRET } from '../world.ts';

/** Longest time that anything may take (milliseconds). */
const SLOW_MS = 10_000;

export function invariantProblems(world: World, play: LanePlay): string[] {
  return [
    ...timeProblems(play.exchanged),
    ...answerProblems(world, play),
    ...play.premature,
    ...play.seen.flatMap((seen) => [...headerProblems(world, seen), ...executionProblems(world, play, seen)]),
  ];
}

function timeProblems(exchanged: Exchanged): string[] {
  if (exchanged.isTimedOut) return ['no complete answer in time'];
  return exchanged.durationMs > SLOW_MS ? [`took ${Math.round(exchanged.durationMs)} ms`] : [];
}

/** Headers that an answer of the gateway may have. */
const ANSWER_HEADERS = new Set([
  'content-type',
  'content-length',
  'transfer-encoding',
  'date',
  'connection',
  'keep-alive',
  'cache-control',
  'x-accel-buffering',
  'mcp-session-id',
  'www-authenticate',
  'allow',
  'retry-after',
]);

function answerProblems(world: World, { exchanged }: LanePlay): string[] {
  return exchanged.answers.flatMap((answer) => {
    const unknown = [...answer.headers.keys()].filter((name) => !ANSWER_HEADERS.has(name));
    const text = answer.body.toString('utf8');
    const secrets = [world.tokens.a, world.tokens.b, UPSTREAM_SECRET, world.gateway.operatorKey];
    return [
      ...unknown.map((name) => `the answer has the header ${name}`),
      ...secrets.filter((secret) => text.includes(secret)).map(() => 'the answer holds a secret'),
      ...(/^\s+at .+:\d+:\d+\)?$/m.test(text) ? ['the answer holds a stack trace'] : []),
    ];
  });
}

/** Headers that a server may be sent. */
const SENT_HEADERS =
  /^(?:host|connection|content-type|content-length|accept|traceparent|tracestate|mcp-.+|last-event-id|x-api-key)$/i;

function headerProblems(world: World, seen: SeenRequest): string[] {
  const problems: string[] = [];
  for (let index = 0; index < seen.rawHeaders.length; index += 2) {
    const name = seen.rawHeaders[index] ?? '';
    const value = seen.rawHeaders[index + 1] ?? '';
    if (!SENT_HEADERS.test(name)) problems.push(`the server was sent the header ${name}`);
    if (value.includes(world.tokens.a) || value.includes(world.tokens.b)) problems.push('the server was sent a grant');
    if (name.toLowerCase() === 'x-api-key' && value !== UPSTREAM_SECRET)
      problems.push("the server was sent a client's credential");
  }
  return problems;
}

function executionProblems(world: World, play: LanePlay, seen: SeenRequest): string[] {
  if (seen.httpMethod !== 'POST') return [];
  const understood = PERSONALITIES.map((personality) => ({ personality, what: understand(personality, seen.body) }));
  const nothing = understood.find(({ what }) => what.kind === 'nothing');
  if (nothing?.what.kind === 'nothing')
    return [`${nothing.personality.name} cannot read what was forwarded: ${nothing.what.why}`];
  const meanings = new Set(understood.map(({ what }) => (what.kind === 'message' ? what.meaning : '')));
  if (meanings.size > 1)
    return [`what was forwarded means ${meanings.size} different things: ${[...meanings].join(' / ')}`];
  return [...mirrorProblems(seen), ...callProblems(world, play, seen)];
}

/** What headers repeat of the body must be what the body says. */
function mirrorProblems(seen: SeenRequest): string[] {
  if (seen.understood.kind !== 'message' || seen.era !== 'stateless') return [];
  const { method, name } = seen.understood;
  const header = (wanted: string): string | undefined => {
    const index = seen.rawHeaders.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === wanted);
    return index === -1 ? undefined : seen.rawHeaders[index + 1];
  };
  const mirrored = header('mcp-name');
  return [
    ...(header('mcp-method') === method ? [] : ['Mcp-Method towards the server is not the method']),
    ...(method !== 'tools/call' || (mirrored !== undefined && decodeHeaderValue(mirrored) === name)
      ? []
      : ['Mcp-Name towards the server is not the name']),
  ];
}

/** A tool call that reached a server must be allowed as written, and be the one that its row says was decided on. */
function callProblems(world: World, play: LanePlay, seen: SeenRequest): string[] {
  const problems: string[] = [];
  const row = play.decisions.find(
    (decision) =>
      decision.effect === 'allow' &&
      decision.method === (seen.understood.kind === 'message' ? seen.understood.method : ''),
  );
  const value = readJson(seen.body, CLIENT_MESSAGE_LIMITS);
  if (!value.ok || !isJsonObject(value.value)) return ['what was forwarded is not strict JSON'];
  if (ownMember(value.value, 'method') !== 'tools/call') return [];
  const grant = row?.grant.label === 'grant-b' ? 'B' : 'A';
  for (const personality of PERSONALITIES) {
    const what = understand(personality, seen.body);
    const isCall = what.kind === 'message' && what.name !== undefined;
    if (!isCall || !isAllowedAsWritten(grant, what.name, what.args, personality))
      problems.push(`${personality.name} executed what the written policy does not allow`);
  }
  const params = ownMember(value.value, 'params');
  const args = params !== undefined && isJsonObject(params) ? ownMember(params, 'arguments') : undefined;
  const hash = world.keys.hashArguments(canonicalText(args !== undefined && isJsonObject(args) ? args : {}));
  const decided = play.decisions.filter((decision) => decision.argumentsHash === hash && decision.effect === 'allow');
  if (decided.length === 0) problems.push('no decision was made on the arguments that were forwarded');
  return problems;
}

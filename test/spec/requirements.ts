/**
 * What MCP demands of transports and lifecycle and the gateway claims to do: one entry for each requirement, with the
 * section that states it. Tests cite the ids; an id that no test cites fails the suite. An entry with a `gap` is known not
 * to be met: its test must fail, and turns red on the day it passes.
 */
export interface Requirement {
  readonly spec: string;
  readonly behaviour: string;
  readonly gap?: string;
}

const SPEC = 'https://modelcontextprotocol.io/specification';
const TRANSPORT = `${SPEC}/2025-11-25/basic/transports`;
const LIFECYCLE = `${SPEC}/2025-11-25/basic/lifecycle`;
const BASE = `${SPEC}/2025-11-25/basic`;
const STATELESS = `${SPEC}/2026-07-28/basic/transports/streamable-http`;
const STATELESS_BASE = `${SPEC}/2026-07-28/basic`;

export const requirements = {
  // Every revision.
  'http.origin': {
    spec: `${TRANSPORT}#security-warning`,
    behaviour: 'A request with an Origin or Host of another site is answered with 403.',
  },
  'http.single-message': {
    spec: `${TRANSPORT}#sending-messages-to-the-server`,
    behaviour: 'A body is one message: a batch is refused with 400 (2025-03-26 had them; a declared deviation).',
  },
  'http.accept': {
    spec: `${TRANSPORT}#sending-messages-to-the-server`,
    behaviour: 'A client lists both forms of answer in Accept; without one of them it is told so with 406.',
  },
  'rpc.id-kinds': {
    spec: `${BASE}#requests`,
    behaviour: 'An id is a string or an integer, never null.',
  },
  'rpc.id-echoed': {
    spec: `${BASE}#responses`,
    behaviour: 'Every answer carries the id of its request, errors of the gateway included.',
  },
  'rpc.id-unused': {
    spec: `${BASE}#requests`,
    behaviour: 'A request whose id is under way in the same session is refused.',
  },
  'rpc.error-codes': {
    spec: `${STATELESS_BASE}#error-codes`,
    behaviour: 'Codes that MCP reserves are used with their meaning only; the gateway’s own lie outside.',
  },
  'rpc.unknown-method': {
    spec: `${STATELESS}#protocol-version-header`,
    behaviour: 'An unknown method is answered with -32601; in the stateless era with 404.',
  },

  // The initialize era.
  'lifecycle.version': {
    spec: `${LIFECYCLE}#version-negotiation`,
    behaviour: 'A supported version is answered with itself, any other with one that the server supports.',
  },
  'lifecycle.capabilities': {
    spec: `${LIFECYCLE}#capability-negotiation`,
    behaviour:
      'The server’s capabilities reach the client, and the client’s the server, less what the gateway or a policy withholds.',
  },
  'lifecycle.initialize-first': {
    spec: `${LIFECYCLE}#initialization`,
    behaviour: 'Nothing but initialize is served without a session.',
  },
  'lifecycle.ping': {
    spec: `${BASE}/utilities/ping`,
    behaviour: 'A ping is answered with an empty result.',
  },
  'http.accepted': {
    spec: `${TRANSPORT}#sending-messages-to-the-server`,
    behaviour: 'A notification or response that is accepted is answered with 202 and no body.',
  },
  'http.not-accepted': {
    spec: `${TRANSPORT}#sending-messages-to-the-server`,
    behaviour: 'A notification or response that is not accepted is answered with an HTTP error status.',
  },
  'http.answer-forms': {
    spec: `${TRANSPORT}#sending-messages-to-the-server`,
    behaviour: 'A request is answered with one JSON object or an event stream that ends after its answer.',
  },
  'http.get': {
    spec: `${TRANSPORT}#listening-for-messages-from-the-server`,
    behaviour: 'GET opens an event stream, or is answered with 405 where the server has none.',
  },
  'http.one-stream': {
    spec: `${TRANSPORT}#multiple-connections`,
    behaviour: 'A message goes to one of a session’s streams, not to all of them.',
  },
  'http.event-ids': {
    spec: `${TRANSPORT}#resumability-and-redelivery`,
    behaviour: 'Event ids are unique across the streams of a session.',
  },
  'http.replay': {
    spec: `${TRANSPORT}#resumability-and-redelivery`,
    behaviour: 'Resumption gives what came later on the same stream, and nothing of another.',
  },
  'http.session-id': {
    spec: `${TRANSPORT}#session-management`,
    behaviour: 'Session ids are visible ASCII, unguessable, and different for each session.',
  },
  'http.session-missing': {
    spec: `${TRANSPORT}#session-management`,
    behaviour: 'A request without its session id is answered with 400.',
  },
  'http.session-ended': {
    spec: `${TRANSPORT}#session-management`,
    behaviour: 'A request with the id of an ended session is answered with 404, and DELETE ends one.',
  },
  'http.version-header': {
    spec: `${TRANSPORT}#protocol-version-header`,
    behaviour: 'An MCP-Protocol-Version that is not supported is answered with 400; none means 2025-03-26.',
  },
  'cancellation.request': {
    spec: `${BASE}/utilities/cancellation`,
    behaviour: 'notifications/cancelled reaches the server for a request of the same session, and for no other.',
  },
  'progress.token': {
    spec: `${BASE}/utilities/progress`,
    behaviour: 'Progress is reported under the token of a request that is under way, and under no other.',
  },

  // The stateless era.
  'stateless.version-header': {
    spec: `${STATELESS}#protocol-version-header`,
    behaviour: 'MCP-Protocol-Version is there and equals the version in _meta, else 400 and -32020.',
  },
  'stateless.unsupported-version': {
    spec: `${STATELESS_BASE}/versioning#protocol-version-negotiation`,
    behaviour: 'Another version is answered with 400, -32022, the supported versions and the requested one.',
  },
  'stateless.meta': {
    spec: `${STATELESS_BASE}#meta`,
    behaviour: 'A request without a required member of _meta is answered with 400 and -32602.',
  },
  'stateless.mirrored-headers': {
    spec: `${STATELESS}#server-validation`,
    behaviour:
      'Mcp-Method and Mcp-Name are there and equal the body, values by case and names not, else 400 and -32020.',
  },
  'stateless.encoded-headers': {
    spec: `${STATELESS}#value-encoding`,
    behaviour: 'A value in the base64 form is decoded before it is compared, and refused where it is malformed.',
  },
  'stateless.parameter-headers': {
    spec: `${STATELESS}#server-behavior-for-custom-headers`,
    behaviour:
      'Mcp-Param headers that a tool declares equal its arguments, else 400 and -32020; towards the server they are written anew.',
  },
  'stateless.unknown-parameter-headers': {
    spec: `${STATELESS}#server-behavior-for-custom-headers`,
    behaviour: 'Mcp-Param headers that nobody declared are forwarded.',
    gap: 'Only headers that the gateway has compared with the body go up: one that it cannot compare could say something else.',
  },
  'stateless.result-type': {
    spec: `${STATELESS_BASE}#resulttype`,
    behaviour: 'Every result has a resultType, refusals by policy included.',
  },
  'stateless.discover': {
    spec: `${SPEC}/2026-07-28/server/discover`,
    behaviour: 'server/discover tells versions and capabilities.',
  },
  'stateless.no-sessions': {
    spec: `${STATELESS}#earlier-streamable-http-revisions`,
    behaviour: 'Session ids and Last-Event-ID are ignored and not made; GET and DELETE are answered with 405.',
  },
  'stateless.no-responses': {
    spec: `${STATELESS}#sending-messages`,
    behaviour: 'A client posts no responses.',
  },
  'stateless.disconnect': {
    spec: `${STATELESS}#cancellation`,
    behaviour: 'Closing the response stream cancels the request at the server.',
  },
  'stateless.subscription': {
    spec: `${STATELESS_BASE}/patterns/subscriptions`,
    behaviour: 'A subscription is acknowledged first; what it carries was asked for and names the subscription.',
  },
  'stateless.buffering': {
    spec: `${STATELESS}#receiving-messages`,
    behaviour: 'Event streams ask intermediaries not to buffer.',
  },
  'stateless.caching': {
    spec: `${SPEC}/2026-07-28/server/utilities/caching`,
    behaviour: 'Cacheable results have a ttlMs and a cacheScope; what depends on the grant is private.',
  },
  'rounds.state': {
    spec: `${STATELESS_BASE}/patterns/mrtr#server-requirements-basic-workflow`,
    behaviour: 'A requestState that was changed, used, or given to another grant, tool or arguments is refused.',
  },
  'rounds.capabilities': {
    spec: `${STATELESS_BASE}/patterns/mrtr#server-requirements-basic-workflow`,
    behaviour: 'A client is asked for nothing that it did not declare.',
  },
  'eras.both': {
    spec: `${STATELESS_BASE}/versioning#backward-compatibility-with-initialization-based-versions`,
    behaviour: 'Both eras are served on one URL, chosen by what the request itself says.',
  },
  'eras.named': {
    spec: `${STATELESS_BASE}/versioning#compatibility-matrix`,
    behaviour: 'A client of an era that the server does not speak is told the versions that it speaks.',
  },
} as const satisfies Readonly<Record<string, Requirement>>;

export type RequirementId = keyof typeof requirements;

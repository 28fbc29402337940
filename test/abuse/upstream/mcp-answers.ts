/** What an honest server of the fixture answers, in both eras: values, no transport. */
import { META } from '../../../src/core/mcp/request-meta.ts';
import { INSTRUCTIONS, PROMPTS, RESOURCE_TEMPLATES, RESOURCES, TOOLS } from '../fixture/tools.ts';
import type { Personality } from '../parsers/personality.ts';
import { meaningOf, type Understood } from '../parsers/understood.ts';

export type RpcOutcome =
  | { readonly result: Readonly<Record<string, unknown>> }
  | { readonly error: { readonly code: number; readonly message: string } };

export type AnswerEra = 'initialize' | 'stateless';

const CAPABILITIES = {
  tools: { listChanged: true },
  prompts: {},
  resources: { subscribe: true },
  completions: {},
  logging: {},
};
const SERVER_INFO = { name: 'fixture', version: '1' };

/** The outcome of a request, or undefined for a method that this era does not have. */
export function honestOutcome(
  message: Extract<Understood, { kind: 'message' }>,
  era: AnswerEra,
  personality: Personality,
): RpcOutcome {
  const result = honestResult(message, era, personality);
  if (result === undefined) return { error: { code: -32601, message: 'Method not found' } };
  return { result: era === 'stateless' ? { resultType: 'complete', ...result } : result };
}

function honestResult(
  message: Extract<Understood, { kind: 'message' }>,
  era: AnswerEra,
  personality: Personality,
): Readonly<Record<string, unknown>> | undefined {
  const cache = era === 'stateless' ? { ttlMs: 60_000, cacheScope: 'public' } : {};
  switch (message.method) {
    case 'initialize':
      return {
        protocolVersion: '2025-11-25',
        capabilities: CAPABILITIES,
        serverInfo: SERVER_INFO,
        instructions: INSTRUCTIONS,
      };
    case 'server/discover':
      return {
        supportedVersions: ['2026-07-28'],
        capabilities: CAPABILITIES,
        instructions: INSTRUCTIONS,
        _meta: { [META.serverInfo]: SERVER_INFO },
        ...cache,
      };
    case 'ping':
    case 'logging/setLevel':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return era === 'initialize' ? {} : undefined;
    case 'tools/list':
      return { tools: TOOLS, ...cache };
    case 'tools/call':
      return toolResult(message, personality);
    case 'prompts/list':
      return { prompts: PROMPTS, ...cache };
    case 'prompts/get':
      return { messages: [{ role: 'user', content: { type: 'text', text: 'Summarise.' } }] };
    case 'resources/list':
      return { resources: RESOURCES, ...cache };
    case 'resources/templates/list':
      return { resourceTemplates: RESOURCE_TEMPLATES, ...cache };
    case 'resources/read':
      return { contents: [{ uri: 'file:///srv/data/a', text: 'a' }], ...cache };
    case 'completion/complete':
      return { completion: { values: ['a'] } };
    default:
      return undefined;
  }
}

/** What was understood comes back, so that whoever asked can see what was carried out. */
function toolResult(
  message: Extract<Understood, { kind: 'message' }>,
  personality: Personality,
): Readonly<Record<string, unknown>> {
  const carriedOut = {
    tool: message.name ?? null,
    arguments: message.args === undefined ? null : meaningOf(message.args, personality),
  };
  return { content: [{ type: 'text', text: JSON.stringify(carriedOut) }] };
}

import type { Json } from './raw-http.ts';

/** Whoever answers requests: a session through the gateway, or the server itself. */
export interface Asked {
  result(method: string, params?: Json): Promise<Json>;
}

const LISTS = [
  ['tools/list', 'tools', 'tools'],
  ['prompts/list', 'prompts', 'prompts'],
  ['resources/list', 'resources', 'resources'],
  ['resources/templates/list', 'resourceTemplates', 'resources'],
] as const;

/** Everything a server lists, all pages, as it wrote it; what its capabilities do not name is not asked for. */
export async function everythingListed(asked: Asked, capabilities: Json): Promise<Record<string, Json[]>> {
  const listed: Record<string, Json[]> = {};
  for (const [method, member, capability] of LISTS) {
    if (capabilities[capability] === undefined) continue;
    const items: Json[] = [];
    let cursor: string | undefined;
    do {
      const page = await asked.result(method, cursor === undefined ? {} : { cursor });
      items.push(...page[member]);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    listed[member] = items;
  }
  return listed;
}

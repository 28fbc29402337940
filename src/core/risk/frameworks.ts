import type { Finding } from './record.ts';
import type { Category, Effect } from './taxonomy.ts';

/**
 * Ids of the OWASP MCP Top 10 (2025) and the OWASP Top 10 for Agentic Applications (2026) that a tool of this kind bears on.
 * Read as "if this tool is abused, these are the entries to look at"; it is no statement that the server is vulnerable.
 */
export function frameworksOf(
  category: Category,
  effects: readonly Effect[],
  findings: readonly Finding[],
): { readonly owaspMcp: readonly string[]; readonly owaspAgentic: readonly string[] } {
  const mcp = new Set<string>();
  const agentic = new Set<string>();
  const note = (mcpIds: readonly string[], agenticIds: readonly string[]): void => {
    for (const id of mcpIds) mcp.add(`${id}:2025`);
    for (const id of agenticIds) agentic.add(id);
  };
  if (category !== 'Read') note(['MCP02'], ['ASI02']);
  if (category === 'Execute') note(['MCP05'], effects.includes('code-execution') ? ['ASI05'] : ['ASI08']);
  if (category === 'Destructive' || category === 'Financial') note(['MCP08'], ['ASI09']);
  if (effects.includes('code-execution')) note(['MCP05'], ['ASI05']);
  if (effects.includes('credentials')) note(['MCP01'], ['ASI03']);
  if (effects.includes('grants-access')) note(['MCP02'], ['ASI03']);
  if (effects.includes('reads-untrusted')) note(['MCP06'], ['ASI01']);
  if (effects.includes('reads-private') || effects.includes('personal-data') || effects.includes('health-data'))
    note(['MCP10'], []);
  if (effects.includes('external-communication')) note(['MCP10'], ['ASI02']);
  if (effects.includes('memory')) note(['MCP06'], ['ASI06']);
  if (effects.includes('bulk') || effects.includes('long-running')) note([], ['ASI08']);
  if (findings.some((finding) => finding.kind !== 'unread' && finding.kind !== 'annotation-contradiction'))
    note(['MCP03', 'MCP06'], ['ASI01', 'ASI04']);
  if (findings.some((finding) => finding.kind === 'annotation-contradiction')) note(['MCP03'], ['ASI09']);
  return { owaspMcp: [...mcp].sort(), owaspAgentic: [...agentic].sort() };
}

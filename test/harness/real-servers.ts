/** Real MCP servers from npm, as they are started over stdio: offline, with credentials that mean nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { StdioCommand } from './raw-stdio.ts';

export interface RealServer {
  readonly slug: string;
  readonly command: StdioCommand;
  /** What it answers to `initialize` with 2025-11-25. */
  readonly revision: string;
  /** Whether it also speaks 2026-07-28. */
  readonly isStateless?: true;
}

const require = createRequire(import.meta.url);

export const realServers: readonly RealServer[] = [
  server('files', '@modelcontextprotocol/server-filesystem', '2025-11-25', [import.meta.dirname]),
  server('everything', '@modelcontextprotocol/server-everything', '2025-11-25', ['stdio']),
  server('memory', '@modelcontextprotocol/server-memory', '2025-11-25'),
  server('thinking', '@modelcontextprotocol/server-sequential-thinking', '2025-11-25'),
  server('time', 'time-mcp', '2025-11-25'),
  server('airtable', 'airtable-mcp-server', '2025-11-25', [], { AIRTABLE_API_KEY: 'dummy' }),
  server('resend', 'resend-mcp', '2025-11-25', [], { RESEND_API_KEY: 're_dummy' }),
  server('slack', '@zencoderai/slack-mcp-server', '2025-06-18', [], {
    SLACK_BOT_TOKEN: 'xoxb-dummy',
    SLACK_TEAM_ID: 'T0',
  }),
  server('graph', '@itseasy21/mcp-knowledge-graph', '2024-11-05'),
  { ...server('context', '@upstash/context7-mcp', '2025-11-25'), isStateless: true },
  { ...server('deepseek', 'deepseek-mcp-server', '2025-11-25', [], { DEEPSEEK_API_KEY: 'dummy' }), isStateless: true },
];

export function realServer(slug: string): RealServer {
  const found = realServers.find((candidate) => candidate.slug === slug);
  if (found === undefined) throw new Error(`no real server ${slug}`);
  return found;
}

function server(
  slug: string,
  packageName: string,
  revision: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): RealServer {
  return { slug, revision, command: { command: process.execPath, args: [binaryOf(packageName), ...args], env } };
}

/** The file behind a package's only, or first, command. */
function binaryOf(packageName: string): string {
  const manifestFile = manifestOf(packageName);
  const { bin } = JSON.parse(readFileSync(manifestFile, 'utf8')) as { bin: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : Object.values(bin)[0];
  if (file === undefined) throw new Error(`${packageName} has no command`);
  return join(dirname(manifestFile), file);
}

/** Found by folder: many packages export nothing, their manifest included. */
function manifestOf(packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const file = join(folder, packageName, 'package.json');
    try {
      readFileSync(file);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${packageName} is not installed`);
}

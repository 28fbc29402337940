/** Real clients, told apart by the eras they speak; each connects to one URL with one grant. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client as ClientOfSdk2, StreamableHTTPClientTransport as TransportOfSdk2 } from '@modelcontextprotocol/client';
import { Client as ClientOfSdk1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOfSdk1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Json } from './raw-http.ts';
import { bearer } from './raw-http.ts';

export type Era = 'initialize' | 'stateless';

export interface RealClient {
  readonly name: string;
  /** Eras it can speak, the one it tries first in front. */
  readonly eras: readonly Era[];
  /** Connects; rejects with what the client makes of a refusal. */
  connect(url: string, token: string): Promise<ConnectedClient>;
}

export interface ConnectedClient {
  /** The protocol version in use, where the client tells. */
  readonly revision: string | undefined;
  toolNames(): Promise<string[]>;
  callTool(name: string, args: Json): Promise<Json>;
  close(): Promise<void>;
}

const CLIENT_INFO = { name: 'real-client', version: '1' };

export const realClients: readonly RealClient[] = [
  {
    name: 'SDK 1.x',
    eras: ['initialize'],
    async connect(url, token) {
      const client = new ClientOfSdk1(CLIENT_INFO);
      const transport = new TransportOfSdk1(new URL(url), { requestInit: { headers: bearer(token) } });
      await client.connect(transport);
      return {
        revision: transport.protocolVersion,
        toolNames: async () => (await client.listTools()).tools.map((tool) => tool.name),
        callTool: (name, args) => client.callTool({ name, arguments: args }),
        close: () => client.close(),
      };
    },
  },
  sdk2('SDK 2.x legacy', ['initialize'], 'legacy'),
  sdk2('SDK 2.x auto', ['stateless', 'initialize'], 'auto'),
  sdk2('SDK 2.x pinned', ['stateless'], { pin: '2026-07-28' }),
  inspector('inspector legacy', ['initialize'], 'legacy'),
  inspector('inspector auto', ['stateless', 'initialize'], 'auto'),
  inspector('inspector modern', ['stateless'], 'modern'),
];

function sdk2(name: string, eras: readonly Era[], mode: 'legacy' | 'auto' | { readonly pin: string }): RealClient {
  return {
    name,
    eras,
    async connect(url, token) {
      const client = new ClientOfSdk2(CLIENT_INFO, { versionNegotiation: { mode } });
      const transport = new TransportOfSdk2(new URL(url), { requestInit: { headers: bearer(token) } });
      await client.connect(transport);
      return {
        revision: client.getNegotiatedProtocolVersion(),
        toolNames: async () => (await client.listTools()).tools.map((tool) => tool.name),
        callTool: (name, args) => client.callTool({ name, arguments: args }),
        close: () => client.close(),
      };
    },
  };
}

const run = promisify(execFile);
const launcher = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')),
  'clients/launcher/build/index.js',
);

/** The inspector's command line: every request is a run of its own. */
function inspector(name: string, eras: readonly Era[], era: 'legacy' | 'auto' | 'modern'): RealClient {
  return {
    name,
    eras,
    async connect(url, token) {
      const ask = async (...args: readonly string[]): Promise<Json> => {
        const output = await run(process.execPath, [
          launcher,
          '--cli',
          url,
          '--transport',
          'http',
          '--protocol-era',
          era,
          '--header',
          `Authorization: Bearer ${token}`,
          ...args,
        ]).catch((error: { readonly stdout?: string; readonly stderr?: string }) => {
          // A result that is an error is printed like any other; only the exit code says more.
          if (error.stdout?.startsWith('{') === true) return { stdout: error.stdout };
          throw new Error(error.stderr);
        });
        return JSON.parse(output.stdout);
      };
      const listed = await ask('--method', 'tools/list');
      return {
        revision: undefined,
        toolNames: () => Promise.resolve(listed.tools.map((tool: Json) => tool.name)),
        callTool: (tool, args) =>
          ask(
            '--method',
            'tools/call',
            '--tool-name',
            tool,
            ...Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${String(value)}`]),
          ),
        close: () => Promise.resolve(),
      };
    },
  };
}

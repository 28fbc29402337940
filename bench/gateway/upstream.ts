// A fast MCP server for measuring what is in front of it: initialize era, sessionless, no parsing beyond the method.
// Tools: echo, big (1 MiB of text); tools/list has 400 tools in about 2 MB; GET opens a silent event stream.
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 0);

interface Call {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly protocolVersion?: string;
    readonly arguments?: { readonly text?: string };
  };
}

const bigText = JSON.stringify({ content: [{ type: 'text', text: 'x'.repeat(1 << 20) }] });
const properties = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`field_${index}`, { type: 'string', description: 'd'.repeat(170) }]),
);
const tools = [
  ...['echo', 'big'].map((name) => ({
    name,
    description: `${name} tool`,
    inputSchema: { type: 'object', properties: { text: { type: 'string', maxLength: 10_000 } } },
  })),
  ...Array.from({ length: 398 }, (_, index) => ({
    name: `tool_${index}`,
    description: 'D'.repeat(500),
    inputSchema: { type: 'object', properties },
  })),
];
const list = JSON.stringify({ tools });

function resultOf({ method, params }: Call): string {
  switch (method) {
    case 'initialize':
      return JSON.stringify({
        protocolVersion: params?.protocolVersion ?? '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'bench', version: '1' },
      });
    case 'tools/list':
      return list;
    case 'tools/call':
      return params?.name === 'big'
        ? bigText
        : JSON.stringify({ content: [{ type: 'text', text: params?.arguments?.text ?? '' }] });
    default:
      return '{}';
  }
}

createServer({ keepAliveTimeout: 0 }, (request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const call = body === '' ? undefined : (JSON.parse(body) as Call);
    if (call?.id === undefined) {
      response.writeHead(202, { 'content-length': 0 });
      response.end();
      return;
    }
    const text = `{"jsonrpc":"2.0","id":${JSON.stringify(call.id)},"result":${resultOf(call)}}`;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}).listen({ port, host: '127.0.0.1', backlog: 8192 }, function listening(this: { address(): unknown }) {
  console.log(JSON.stringify(this.address()));
});

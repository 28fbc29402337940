// The yardstick: node:http in, undici out, the same headers copied, nothing read and nothing decided.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'undici';

const [upstream = '', port = '0'] = process.argv.slice(2);
const url = new URL(upstream);
const pool = new Pool(url.origin, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const COPIED = ['content-type', 'accept', 'mcp-session-id', 'mcp-protocol-version', 'traceparent'];

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer | null): void {
  const headers: Record<string, string> = {};
  for (const name of COPIED) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  pool.dispatch(
    { path: url.pathname, method: request.method as 'POST', headers, body },
    {
      onRequestStart(controller) {
        response.once('close', () => {
          if (!response.writableFinished) controller.abort(new Error('client gone'));
        });
      },
      onResponseStart(_controller, status, answer) {
        const copied: Record<string, string> = {};
        for (const name of ['content-type', 'content-length', 'mcp-session-id']) {
          const value = answer[name];
          if (typeof value === 'string') copied[name] = value;
        }
        response.writeHead(status, copied);
        if (copied['content-length'] === undefined) response.flushHeaders();
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
}

createServer({ keepAliveTimeout: 0 }, (request, response) => {
  if (request.method !== 'POST') return forward(request, response, null);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () =>
    forward(request, response, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
  );
  return undefined;
}).listen({ port: Number(port), host: '127.0.0.1', backlog: 8192 }, function listening(this: { address(): unknown }) {
  console.log(JSON.stringify(this.address()));
});

/** The official runner cannot send a bearer: this relay adds it, and changes nothing else of a request or an answer. */
import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BearerRelay {
  readonly url: string;
  close(): Promise<void>;
}

/** Relays to `target`, whatever the path; `Host` stays as the client wrote it. */
export async function openBearerRelay(target: string, token: string): Promise<BearerRelay> {
  const { hostname, port, pathname } = new URL(target);
  const listener = createServer((request, response) => {
    const forwarded = openRequest({
      hostname,
      port,
      path: pathname,
      method: request.method,
      headers: [...request.rawHeaders, 'Authorization', `Bearer ${token}`],
      setHost: false,
    });
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      response.flushHeaders();
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  return {
    // The runner wants a local name to test the protection against DNS rebinding.
    url: `http://localhost:${(listener.address() as AddressInfo).port}${pathname}`,
    async close() {
      listener.closeAllConnections();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
}

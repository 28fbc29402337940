import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '../../test/abuse/client/raw-http.ts';
import { openTestGateway, type TestGateway } from '../../test/support/running-gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway(
    { version: '1', default: 'deny', tools: { search: {} } },
    { request_timeout_ms: '500' },
  );
});
afterAll(() => gateway.close());

const send = (text: string, lingerMs = 100) =>
  exchange({ host: gateway.host, port: gateway.port }, [Buffer.from(text, 'latin1')], { timeoutMs: 5_000, lingerMs });

/** How many messages were refused before a grant was known, and how many rows there are. */
async function recorded(act: () => Promise<unknown>): Promise<{ rows: number; early: number }> {
  const position = gateway.ledger.position();
  const before = await counted();
  await act();
  return { rows: gateway.ledger.decisionsAfter(position).length, early: (await counted()) - before };
}

async function counted(): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const key = readFileSync(`${gateway.dataDirectory}/operator.key`, 'utf8').trim();
  const answer = await fetch(`${gateway.controlUrl}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  const lines = (await answer.text()).matchAll(/^callgate_refused_before_grant_total\{[^}]*\} (\d+)$/gm);
  return [...lines].reduce((sum, line) => sum + Number(line[1]), 0);
}

const HEAD = (): string =>
  `POST /mcp/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nAuthorization: Bearer ${gateway.token}\r\n`;

test('a head that is too large is answered with 431 and counted once', async () => {
  let status: number | undefined;
  const { rows, early } = await recorded(async () => {
    const head = `POST /mcp/s HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`;
    status = (await send(head)).answers[0]?.status;
  });
  expect({ status, rows, early }).toEqual({ status: 431, rows: 0, early: 1 });
});

test('a body whose chunks are malformed leaves the row of its request, and no count besides', async () => {
  let status: number | undefined;
  const { rows, early } = await recorded(async () => {
    const exchanged = await send(`${HEAD()}Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n`);
    status = exchanged.answers[0]?.status;
  });
  expect({ status, rows, early }).toEqual({ status: 400, rows: 1, early: 0 });
});

test('a body that does not come is answered with 408 and leaves one row', async () => {
  let status: number | undefined;
  const { rows, early } = await recorded(async () => {
    status = (await send(`${HEAD()}Content-Length: 100\r\n\r\n{`)).answers[0]?.status;
  });
  expect({ status, rows, early }).toEqual({ status: 408, rows: 1, early: 0 });
});

test('what is no HTTP is answered with 400 and counted once', async () => {
  let status: number | undefined;
  const { rows, early } = await recorded(async () => {
    status = (await send('NONSENSE\r\n\r\nmore nonsense\r\n\r\n')).answers[0]?.status;
  });
  expect({ status, rows, early }).toEqual({ status: 400, rows: 0, early: 1 });
});

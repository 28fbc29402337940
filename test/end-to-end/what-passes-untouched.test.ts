import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, startGateway } from '../harness/gateway.ts';
import { bearer, RawSession } from '../harness/raw-http.ts';
import { openScriptedServer, type ScriptedServer } from '../harness/scripted-server.ts';

const TOKEN = 'a-grant-for-odd-members-of-32-characters';

/** As real servers write them: vendor keys, keys of revisions to come, numbers in every spelling. */
const TOOL =
  '{"name":"act","title":"Act","description":"","inputSchema":{"$schema":"http://json-schema.org/draft-07/schema#",' +
  '"type":"object","properties":{"n":{"type":"number","maximum":1e3,"x-vendor":[1.0,-0.0,2E-7]}}},' +
  '"outputSchema":{"type":"object"},"annotations":{"readOnlyHint":false,"category":"vendor","title":"t"},' +
  '"icons":[{"src":"data:,","mimeType":"image/png","sizes":["any"],"theme":"dark","unknown":null}],' +
  '"execution":{"taskSupport":"optional","unknown":{}},"_meta":{"vendor.example/key":{"deep":[{}]}},' +
  '"searchHint":"x","strict":true,"securitySchemes":[],"id":12345678901234567890}';
const LIST = `{"tools":[${TOOL}],"nextCursor":null,"_meta":{"a":1.50},"unknown":"member"}`;
const RESULT =
  '{"content":[{"type":"hologram","data":{"n":1.10}},{"type":"text","text":"\\u00e9 \\ud83d\\ude00","annotations":' +
  '{"audience":["user"],"priority":1.0},"unknown":true}],"structuredContent":{"big":12345678901234567890,"e":1E+2},' +
  '"isError":false,"_meta":{"progressToken":"not-a-token","vendor.example/key":[null]},"extra":{"":0}}';

let server: ScriptedServer;
let gateway: RunningGateway;
let session: RawSession;

beforeAll(async () => {
  server = await openScriptedServer({
    'tools/list': (_received, reply) => reply.result(LIST),
    'tools/call': (_received, reply) => reply.result(RESULT),
  });
  gateway = await startGateway({
    servers: [{ slug: 'odd', http: { url: server.url, allow_private: true } }],
    policies: [{ name: 'all', server: 'odd', document: { version: '1', default: 'allow' } }],
    grants: [{ label: 'tester', token: TOKEN, servers: { odd: 'all' } }],
  });
  session = await RawSession.open(`${gateway.url}/mcp/odd`, bearer(TOKEN));
});
afterAll(async () => {
  await gateway?.stop();
  await server?.close();
});

/** The result as text, cut from the answer as it came. */
async function resultText(method: string, params: string): Promise<string> {
  const response = await fetch(session.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session.headers },
    body: `{"jsonrpc":"2.0","id":7,"method":"${method}","params":${params}}`,
  });
  const text = await response.text();
  expect(text.startsWith('{"jsonrpc":"2.0","id":7,"result":')).toBe(true);
  return text.slice('{"jsonrpc":"2.0","id":7,"result":'.length, -1);
}

test('a list keeps unknown members, their order and every number as it was written', async () => {
  expect(await resultText('tools/list', '{}')).toBe(LIST);
});

test('a result keeps unknown content types, unknown members and every number as it was written', async () => {
  expect(await resultText('tools/call', '{"name":"act","arguments":{}}')).toBe(RESULT);
});

test('arguments and unknown params reach the server as they were written', async () => {
  const params =
    '{"name":"act","arguments":{"n":1.0,"big":12345678901234567890,"tiny":1E-5,"text":"é\\u0000","deep":[{"":null}]},' +
    '"_meta":{"vendor.example/key":1.50},"unknown":{"a":[]}}';
  await resultText('tools/call', params);
  const sent = server.received.at(-1);
  expect(sent?.text).toBe(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`);
});

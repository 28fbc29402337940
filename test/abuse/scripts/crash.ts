/** The gateway ends while calls are under way: by force, and in order. */
import { setTimeout as pause } from 'node:timers/promises';
import { callStateless } from '../client/honest-client.ts';
import { GatewayUnderTest } from '../gateway-under-test.ts';
import { LedgerView } from '../ledger-view.ts';
import { node } from '../parsers/node.ts';
import { holding } from '../upstream/answers.ts';
import { RecordingUpstream } from '../upstream/recording-upstream.ts';
import { newToken } from '../world.ts';
import { limited } from './limits.ts';
import { unless } from './on-each-lane.ts';

interface Own {
  readonly upstream: RecordingUpstream;
  readonly token: string;
  readonly stack: unknown;
  readonly gateway: GatewayUnderTest;
}

async function open(max: number): Promise<Own> {
  const upstream = await new RecordingUpstream(node).listen();
  const token = newToken();
  const stack = {
    version: '1',
    servers: [{ slug: 's', http: { url: upstream.url, allow_private: true } }],
    policies: [{ name: 'p', server: 's', document: limited(max) }],
    grants: [{ label: 'g', token, servers: { s: 'p' } }],
  };
  return { upstream, token, stack, gateway: await GatewayUnderTest.start({ stack }) };
}

/** kill -9 under load: what reached the server has its row, and what was counted stays counted. */
export async function killed(): Promise<string[]> {
  const own = await open(60);
  const call = (gateway: GatewayUnderTest): Promise<{ kind: string }> =>
    callStateless({ gateway, slug: 's', token: own.token }, 'tools/call', { name: 'search', arguments: { q: 'x' } });
  const load = Promise.all(Array.from({ length: 40 }, () => call(own.gateway)));
  while (callsAt(own.upstream) < 5) await pause(1);
  own.gateway.kill('SIGKILL');
  await load;
  await own.gateway.exited;
  const directory = own.gateway.dataDirectory;
  const reached = callsAt(own.upstream);
  const again = await GatewayUnderTest.start({ stack: own.stack, dataDirectory: directory });
  const ledger = new LedgerView(again.ledgerFile);
  const rows = ledger.decisionsAfter(0).filter((row) => row.method === 'tools/call' && row.effect === 'allow').length;
  for (let made = 0; made < 80; made += 20) await Promise.all(Array.from({ length: 20 }, () => call(again)));
  const total = callsAt(own.upstream);
  ledger.close();
  await again.stop();
  await own.gateway.stop();
  await own.upstream.close();
  return [
    ...unless(rows >= reached, `${reached} calls reached the server, ${rows} have a row`),
    ...unless(total <= 60, `${total} calls were admitted by a limit of 60`),
  ];
}

/** SIGTERM: what is under way is finished, and the exit code is 0. */
export async function terminated(): Promise<string[]> {
  const own = await open(60);
  const held = holding('tools/call');
  own.upstream.arm(held);
  const caller = { gateway: own.gateway, slug: 's', token: own.token };
  const call = callStateless(caller, 'tools/call', { name: 'search', arguments: { q: 'last' } });
  await held.arrived;
  own.gateway.kill('SIGTERM');
  await pause(100);
  const late = await callStateless(caller, 'tools/call', { name: 'search', arguments: { q: 'late' } });
  held.letGo();
  const answer = await call;
  const code = await own.gateway.exited;
  await own.gateway.stop();
  await own.upstream.close();
  return [
    ...unless(answer.kind === 'result', `the call that was under way ended as ${answer.kind}: ${answer.text}`),
    ...unless(late.kind !== 'result', 'a call was taken after SIGTERM'),
    ...unless(code === 0, `the exit code is ${code}`),
  ];
}

function callsAt(upstream: RecordingUpstream): number {
  return upstream.seen.filter((seen) => !seen.isGateways && seen.body.includes('"tools/call"')).length;
}

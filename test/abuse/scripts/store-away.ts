/** The store of counters and decisions is away: nothing is forwarded, and all is well when it is back. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { callStateless } from '../client/honest-client.ts';
import { NotPlayable } from '../client/placeholders.ts';
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { addServer } from '../fresh-server.ts';
import { GatewayUnderTest } from '../gateway-under-test.ts';
import type { World } from '../world.ts';
import { firstLane, newToken } from '../world.ts';
import { limited } from './limits.ts';
import { unless } from './on-each-lane.ts';

const CALL = { name: 'search', arguments: { q: 'x' } };

/** Another process holds the file and does not let go. */
export async function storeAway(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const server = await addServer(world, lane, { policy: limited(5) });
  const call = (): Promise<RpcAnswer> => callStateless({ gateway: world.gateway, ...server }, 'tools/call', CALL);
  const first = await call();
  const before = lane.upstream.seen.length;
  const other = new DatabaseSync(world.gateway.ledgerFile, { timeout: 5_000 });
  other.exec('BEGIN IMMEDIATE');
  const [during, ready] = await Promise.all([call(), pause(1_200).then(() => world.gateway.control('GET', '/readyz'))]);
  other.exec('ROLLBACK');
  other.close();
  const reached = lane.upstream.seen.length - before;
  const after = await untilAllowed(call);
  return [
    ...unless(first.kind === 'result', `before: ${first.text}`),
    ...unless(reached === 0, `${reached} calls were forwarded while the store was away`),
    ...unless(during.status === 503, `HTTP status ${during.status} while the store was away, expected 503`),
    ...unless(ready.status === 503, `/readyz says ${ready.status} while the store is away`),
    ...unless(after.kind === 'result', `when the store is back: ${after.text}`),
  ];
}

/** A disk without room for another row. */
export async function fullDisk(world: World): Promise<string[]> {
  const lane = firstLane(world);
  const token = newToken();
  const stack = {
    version: '1',
    servers: [{ slug: 's', http: { url: lane.upstream.url, allow_private: true } }],
    policies: [{ name: 'p', server: 's', document: limited(1_000_000) }],
    grants: [{ label: 'g', token, servers: { s: 'p' } }],
  };
  const small = await onSmallDisk(stack);
  try {
    const call = (): Promise<RpcAnswer> =>
      callStateless({ gateway: small.gateway, slug: 's', token }, 'tools/call', CALL);
    const first = await call();
    small.fill();
    const before = lane.upstream.seen.length;
    const refused: RpcAnswer[] = [];
    // What is left is used up row by row.
    for (let tries = 0; tries < 2_000 && refused.length < 3; tries += 1) {
      const answer = await call();
      if (answer.kind !== 'result') refused.push(answer);
    }
    const forwarded = lane.upstream.seen.length - before;
    const passed = refused.length < 3 ? 'never refused' : refused.map((answer) => answer.status).join(', ');
    const stillForwarded = lane.upstream.seen.length;
    await call();
    const afterwards = lane.upstream.seen.length - stillForwarded;
    small.empty();
    const after = await untilAllowed(call);
    return [
      ...unless(first.kind === 'result', `before: ${first.text}`),
      ...unless(
        refused.length === 3 && refused.every((answer) => answer.status === 503),
        `on a full disk: ${passed} (${forwarded} forwarded)`,
      ),
      ...unless(afterwards === 0, 'a call was forwarded without a row'),
      ...unless(after.kind === 'result', `when there is room again: ${after.text}`),
    ];
  } finally {
    await small.gateway.stop();
  }
}

/** A gateway whose data lie on a file system of a few megabytes, in a mount namespace of its own. */
async function onSmallDisk(
  stack: unknown,
): Promise<{ readonly gateway: GatewayUnderTest; fill(): void; empty(): void }> {
  const isolated = ['unshare', '--user', '--mount', '--map-root-user'];
  try {
    execFileSync('unshare', [...isolated.slice(1), 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt']);
  } catch {
    throw new NotPlayable('a small file system needs Linux with user namespaces');
  }
  // The data directory is named by the last `--data-dir` of the command.
  const script =
    'for last; do case "$previous" in --data-dir) folder=$last;; esac; previous=$last; done; mkdir -p "$folder" && mount -t tmpfs -o size=12m tmpfs "$folder" && exec "$@"';
  const gateway = await GatewayUnderTest.start({
    stack,
    settings: { disk_reserve_mb: 0 },
    through: [...isolated, 'sh', '-c', script, 'sh'],
  });
  const folder = join(`/proc/${gateway.pid}/root`, gateway.keyFolder);
  const ballast = join(folder, 'ballast');
  if (!existsSync(folder)) throw new NotPlayable('the small file system cannot be reached from outside');
  return {
    gateway,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 100_000)));
    },
    empty: () => rmSync(ballast),
  };
}

async function untilAllowed(call: () => Promise<RpcAnswer>): Promise<RpcAnswer> {
  let answer = await call();
  for (let tries = 0; tries < 50 && answer.kind !== 'result'; tries += 1) {
    await pause(100);
    answer = await call();
  }
  return answer;
}

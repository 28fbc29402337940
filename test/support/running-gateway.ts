/** The whole gateway in the test's own process, on a data directory of its own, before one recording server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../src/config/settings.ts';
import type { ApplyRequest } from '../../src/control/contracts/apply.ts';
import { applyOffline } from '../../src/main/apply.ts';
import { serve } from '../../src/main/serve.ts';
import { LedgerView } from '../abuse/ledger-view.ts';
import { node } from '../abuse/parsers/node.ts';
import { RecordingUpstream } from '../abuse/upstream/recording-upstream.ts';
import { newToken } from '../abuse/world.ts';

export interface TestGateway {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly controlUrl: string;
  readonly dataDirectory: string;
  /** Of a grant with the policy given, on the server `s`. */
  readonly token: string;
  readonly upstream: RecordingUpstream;
  readonly ledger: LedgerView;
  close(): Promise<void>;
}

export async function openTestGateway(
  policy: unknown,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  const upstream = await new RecordingUpstream(node).listen();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'callgate-test-'));
  const token = newToken();
  const loaded = loadSettings({
    flags: {
      data_dir: dataDirectory,
      listen: '127.0.0.1:0',
      control_listen: '127.0.0.1:0',
      log_level: 'silent',
      ...settings,
    },
    environment: {},
    file: undefined,
  });
  if (!loaded.ok) throw new Error(loaded.error.map((problem) => problem.text).join('\n'));
  const request: ApplyRequest = {
    servers: [
      {
        slug: 's',
        entry: { kind: 'http', url: upstream.url, headers: {}, allowPrivate: true, timeoutSeconds: null },
      },
    ],
    policies: [{ name: 'p', server: 's', document: JSON.stringify(policy) }],
    grants: [{ label: 'g', owner: null, token, servers: { s: 'p' }, labels: {}, expiresAt: null }],
    prune: false,
    dryRun: false,
  };
  await applyOffline(dataDirectory, request);
  const instance = await serve(loaded.value, 'test');
  const url = new URL(instance.gatewayUrl);
  const ledger = new LedgerView(join(dataDirectory, 'ledger.db'));
  return {
    host: url.hostname,
    port: Number(url.port),
    url: instance.gatewayUrl,
    controlUrl: instance.controlUrl,
    dataDirectory,
    token,
    upstream,
    ledger,
    async close() {
      ledger.close();
      await instance.stop();
      await upstream.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

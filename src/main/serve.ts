/** The server: opens stores and listeners, wires them, and closes them in order. */
import { chmodSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { readEnvironment } from '../config/environment.ts';
import { isLoopbackAddress, type Settings } from '../config/settings.ts';
import type { ApplyRequest } from '../control/contracts/apply.ts';
import { createControlServer } from '../control/server.ts';
import type { Ledger } from '../core/decisions/ledger.ts';
import type { HostRules } from '../core/mcp/allowed-hosts.ts';
import { SchemaChecks } from '../gateway/definitions/schema-checks.ts';
import { createGatewayServer, type GatewayServer } from '../gateway/server.ts';
import { DEFAULT_GATEWAY_SETTINGS, type GatewaySettings } from '../gateway/settings.ts';
import { openLedger } from '../stores/ledger/open-ledger.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { applyToStore } from './apply.ts';
import { classifyTool } from './classify-tool.ts';
import { openControlState } from './control-state.ts';
import { forgetRunning, noteRunning, openDataDirectory, reasonOf, StartProblem } from './data-directory.ts';
import { readinessOf } from './readiness.ts';
import { createLiveSnapshot } from './snapshot.ts';

export interface RunningInstance {
  /** `http://127.0.0.1:8787`. */
  readonly gatewayUrl: string;
  readonly controlUrl: string;
  readonly dataDirectory: string;
  /** Resolves when everything is closed. */
  stop(): Promise<void>;
}

/** How often another process's changes are looked for; a revocation must hold within 2 s. */
const POLL_MS = 250;
const GRACE_MS = 10_000;

/** Starts everything; throws `StartProblem` with one sentence when the operator has to put something right. */
export async function serve(settings: Settings, version: string, applyFirst?: ApplyRequest): Promise<RunningInstance> {
  const directory = openDataDirectory(settings.data_dir);
  const tls =
    settings.tls_cert === undefined || settings.tls_key === undefined
      ? undefined
      : { cert: readFile(settings.tls_cert), key: readFile(settings.tls_key) };
  const log = createLog(settings.log_level);
  const metrics = createMetrics();
  const state = await openControlState(directory);
  if (applyFirst !== undefined) await applyToStore(state, applyFirst);
  const live = createLiveSnapshot(state.store, log);
  await live.refresh();
  const ledger = await openLedgerOf(directory.ledger, settings);
  const schemas = new SchemaChecks();
  const gateway = createGatewayServer(
    {
      snapshots: live,
      ledger,
      definitions: state.definitions,
      compileSchema: async (schema) => {
        const outcome = await schemas.compileSchema(schema ?? { type: 'object' });
        return outcome.ok ? outcome.check : () => ({ ok: false, reason: outcome.reason, unsupported: true });
      },
      classifyTool,
      keys: state.keys,
      stdioHost: {
        platform: process.platform,
        environment: readEnvironment(),
        folder: process.cwd(),
        uid: process.getuid?.(),
        dataDirectory: resolve(directory.path),
      },
      now: Date.now,
      log,
      metrics,
      isAuditBestEffort: settings.audit === 'best_effort',
    },
    gatewaySettings(settings),
    tls,
  );
  const follow = async (): Promise<void> => {
    await live.refresh();
    await gateway.follow(live.current());
  };
  const control = createControlServer(
    {
      store: state.store,
      planTools: state.planTools,
      operatorKey: directory.operatorKey,
      hosts: hostRules(settings, settings.control_listen),
      metrics,
      log,
      readiness: () =>
        Promise.resolve(readinessOf({ settings, ledger, gateway, policyProblems: live.problems, version })),
      onChange: follow,
    },
    tls,
  );
  const stopPolling = pollForChanges(state.changeCounter, follow, (event, fields) => log.error(event, fields));
  const scheme = tls === undefined ? 'http' : 'https';
  const instance = {
    gatewayUrl: '',
    controlUrl: '',
    dataDirectory: directory.path,
    async stop() {
      stopPolling();
      forgetRunning(directory.path, process.pid);
      await gateway.close(GRACE_MS);
      await control.close();
      await ledger.close();
      await state.close();
    },
  };
  try {
    const data = await listenOn('listen', settings.listen, (host, port) => gateway.listen(host, port));
    const plane = await listenOn('control_listen', settings.control_listen, (host, port) => control.listen(host, port));
    instance.gatewayUrl = `${scheme}://${data}`;
    instance.controlUrl = `${scheme}://${plane}`;
  } catch (error) {
    await instance.stop();
    throw error;
  }
  noteRunning(directory.path, { pid: process.pid, control: instance.controlUrl, gateway: instance.gatewayUrl });
  void gateway.warmUp();
  return instance;
}

function gatewaySettings(settings: Settings): GatewaySettings {
  return {
    ...DEFAULT_GATEWAY_SETTINGS,
    ...hostRules(settings, settings.listen),
    bodyBytesMax: settings.body_bytes,
    requestTimeoutMs: settings.request_timeout_ms,
    idleTimeoutMs: settings.idle_timeout_ms,
    concurrentCallsMax: settings.concurrent_calls,
    sessionsMax: settings.sessions,
    sessionIdleMs: settings.session_idle_ms,
    streamsMax: settings.streams,
    upstreamTimeoutMs: settings.upstream_timeout_ms,
    upstreamIdleMs: settings.upstream_idle_ms,
    answerBytesMax: settings.answer_bytes,
    eventBytesMax: settings.answer_bytes,
    keepAliveMs: settings.keep_alive_ms,
    listingTimeoutMs: settings.listing_timeout_ms,
  };
}

function hostRules(settings: Settings, address: string): HostRules {
  const own = settings.public_url === undefined ? undefined : new URL(settings.public_url);
  return {
    allowedHosts: [...settings.allowed_hosts, ...(own === undefined ? [] : [own.host])].map((host) =>
      host.toLowerCase(),
    ),
    allowedOrigins: [...settings.allowed_origins, ...(own === undefined ? [] : [own.origin])].map((origin) =>
      origin.toLowerCase(),
    ),
    isLoopback: isLoopbackAddress(address),
  };
}

async function openLedgerOf(path: string, settings: Settings): Promise<Ledger> {
  try {
    const ledger = await openLedger({
      path,
      durability: settings.durability,
      diskReserveBytes: settings.disk_reserve_mb << 20,
      retentionDays: settings.retention_days,
    });
    chmodSync(path, 0o600);
    return ledger;
  } catch (error) {
    throw new StartProblem(`the ledger ${path} cannot be opened: ${reasonOf(error)}`);
  }
}

async function listenOn(
  setting: string,
  address: string,
  listen: (host: string, port: number) => Promise<{ address: string; port: number }>,
): Promise<string> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  try {
    const bound = await listen(host, Number(address.slice(colon + 1)));
    return `${isIP(host) === 6 ? `[${host}]` : host}:${bound.port}`;
  } catch (error) {
    throw new StartProblem(`cannot listen on ${address} (${setting}): ${reasonOf(error)}`);
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartProblem(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** Looks whether another process changed the state, and follows; gives a function that stops looking. */
function pollForChanges(
  changeCounter: () => number,
  follow: () => Promise<void>,
  logError: (event: string, fields: Record<string, unknown>) => void,
): () => void {
  let seen = changeCounter();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    Promise.resolve()
      .then(() => {
        const now = changeCounter();
        if (now === seen) return undefined;
        seen = now;
        return follow();
      })
      .catch((error: unknown) => logError('state-not-followed', { error: String(error) }))
      .finally(() => {
        isBusy = false;
      });
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

export type { GatewayServer };

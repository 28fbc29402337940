/** The data plane's running parts: what the steps of all messages share, and the one clock that watches over them. */
import { type Admission, type AdmissionRequest, LedgerUnavailable } from '../core/decisions/ledger.ts';
import { err, ok, type Result } from '../core/result.ts';
import { ListCache } from './definitions/list-cache.ts';
import type { GatewayDependencies } from './dependencies.ts';
import type { Call } from './path/call.ts';
import type { Exchange } from './path/exchange.ts';
import { LabellingCalls } from './path/labelling-calls.ts';
import { type Refusal, refusalBody, refusalHeaders, wireRefusal } from './path/refusal.ts';
import { OpenStreams } from './sessions/event-writer.ts';
import { ListWatchers } from './sessions/list-watchers.ts';
import { SessionRegistry } from './sessions/session.ts';
import type { GatewaySettings } from './settings.ts';
import { Servers } from './upstream/servers.ts';

/** How often silent answers and idle sessions are looked for. */
const WATCH_MS = 2_000;
/** Hashes of recently seen tokens: a keyed hash for each message would cost more than looking at it. */
const TOKEN_HASHES_MAX = 10_000;

export class Gateway {
  readonly dependencies: GatewayDependencies;
  readonly settings: GatewaySettings;
  readonly servers: Servers;
  readonly sessions = new SessionRegistry();
  readonly streams: OpenStreams;
  readonly lists = new ListCache();
  readonly calls = new Set<Call>();
  readonly labelling = new LabellingCalls();
  readonly watchers = new ListWatchers();
  /** `WWW-Authenticate` of a 401 (RFC 6750 §3). */
  readonly challenge = 'Bearer realm="callgate"';
  isClosing = false;
  readonly #inFlight = new Map<string, number>();
  readonly #tokenHashes = new Map<string, string>();
  readonly #watch: NodeJS.Timeout;

  constructor(dependencies: GatewayDependencies, settings: GatewaySettings) {
    this.dependencies = dependencies;
    this.settings = settings;
    this.servers = new Servers(dependencies, settings);
    this.streams = new OpenStreams(settings.keepAliveMs);
    this.#watch = setInterval(() => this.#lookAround(), WATCH_MS);
    this.#watch.unref();
  }

  readonly hashToken = (token: string): string => {
    const known = this.#tokenHashes.get(token);
    if (known !== undefined) return known;
    const hashed = this.dependencies.keys.hashToken(token);
    if (this.#tokenHashes.size >= TOKEN_HASHES_MAX) this.#tokenHashes.clear();
    this.#tokenHashes.set(token, hashed);
    return hashed;
  };

  readonly hashArguments = (text: string): string => this.dependencies.keys.hashArguments(text);

  /**
   * Reserves and records. The error means that nothing may be forwarded; under `audit: best_effort` a call without limits
   * goes on although its record could not be written.
   */
  async admit(request: AdmissionRequest): Promise<Result<Admission, Refusal>> {
    try {
      return ok(await this.dependencies.ledger.admit(request));
    } catch (error) {
      const detail = error instanceof LedgerUnavailable ? `${error.trouble}: ${error.message}` : String(error);
      this.dependencies.log.error('decision-not-recorded', { detail });
      const isStateless =
        (request.takes ?? []).length === 0 && request.blockedBy === undefined && request.consume === undefined;
      if (this.dependencies.isAuditBestEffort && isStateless) return ok({ admitted: true, readings: [] });
      return err({ reason: 'store-unavailable', detail });
    }
  }

  /** Counts a refusal before a grant is known, by source and minute, where a flood cannot crowd out the log. */
  noteEarlyRefusal(source: string | undefined, kind: string): void {
    const { ledger, metrics, now } = this.dependencies;
    ledger.noteRefusal({ at: now(), source: source ?? 'unknown', kind });
    metrics.refusedEarly(kind);
  }

  /** Settings that weaken a promise; they are written into every row. */
  get weakenedBy(): readonly string[] {
    return this.dependencies.isAuditBestEffort ? ['audit: best_effort'] : [];
  }

  /** Answers a request that was recorded as allowed and could not be completed. */
  refuseAnswer(exchange: Pick<Exchange, 'response'>, id: string | number | null, refusal: Refusal): void {
    const { response } = exchange;
    if (response.destroyed || response.headersSent) return;
    const body = refusalBody(id, refusal);
    response.writeHead(wireRefusal(refusal).httpStatus, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...refusalHeaders(refusal),
    });
    response.end(body);
  }

  /** Takes a place among the grant's calls under way; false when there is none left. */
  enterCall(grant: string): boolean {
    const count = this.#inFlight.get(grant) ?? 0;
    if (count >= this.settings.concurrentCallsMax) return false;
    this.#inFlight.set(grant, count + 1);
    return true;
  }

  leaveCall(grant: string): void {
    const count = (this.#inFlight.get(grant) ?? 0) - 1;
    if (count > 0) this.#inFlight.set(grant, count);
    else this.#inFlight.delete(grant);
  }

  callStarted(call: Call): void {
    this.calls.add(call);
  }

  callEnded(grant: string, call: Call): void {
    this.calls.delete(call);
    this.leaveCall(grant);
  }

  /** Ends what is under way: waits up to `graceMs` for calls, then gives them up. */
  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    clearInterval(this.#watch);
    const deadline = performance.now() + graceMs;
    while (this.calls.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const call of this.calls) call.cancel({ reason: 'shutting-down', detail: 'it took longer than the grace' });
    this.streams.close();
    await Promise.all([...this.sessions.all()].map((session) => this.sessions.end(session)));
    await this.servers.close();
  }

  #lookAround(): void {
    const now = performance.now();
    for (const call of this.calls) call.checkIdle(now);
    void this.sessions.endIdle(this.dependencies.now() - this.settings.sessionIdleMs);
    this.dependencies.metrics.openStreams(this.streams.count);
    this.dependencies.metrics.sessions(this.sessions.count);
  }
}

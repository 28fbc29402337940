/**
 * All servers the gateway talks to: their connections and their definitions, made when first needed, replaced when the
 * entry changes, closed when nobody uses them any more.
 */
import type { Result } from '../../core/result.ts';
import type { Log } from '../../telemetry/log.ts';
import { ServerDefinitions } from '../definitions/server-definitions.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import type { GatewaySettings } from '../settings.ts';
import type { ServerView } from '../snapshot.ts';
import type { Connector } from './connector.ts';
import { openHttpConnector } from './http-connector.ts';
import { StdioChildren } from './stdio/children.ts';
import { openStdioConnector } from './stdio/stdio-connector.ts';
import type { UpstreamConversation, UpstreamFailure } from './upstream.ts';

export interface ServerHandle {
  readonly fingerprint: string;
  readonly connector: Connector;
  readonly definitions: ServerDefinitions;
  /** The conversation of a grant in the stateless era, made when first needed. */
  stateless(grant: string): Promise<Result<UpstreamConversation, UpstreamFailure>>;
}

/** The credential that all grants share: the entry's own headers or environment. */
const ENTRY_CREDENTIAL = 'entry';

export class Servers {
  readonly #handles = new Map<string, ServerHandle>();
  readonly #dependencies: GatewayDependencies;
  readonly #settings: GatewaySettings;
  readonly #children = new StdioChildren();

  constructor(dependencies: GatewayDependencies, settings: GatewaySettings) {
    this.#dependencies = dependencies;
    this.#settings = settings;
  }

  handle(server: ServerView): ServerHandle {
    const existing = this.#handles.get(server.id);
    if (existing !== undefined && existing.fingerprint === server.fingerprint) return existing;
    if (existing !== undefined) void existing.connector.close();
    const handle = this.#make(server);
    this.#handles.set(server.id, handle);
    return handle;
  }

  /** Follows a new snapshot: closes what is gone, reads pins anew. */
  async follow(servers: readonly ServerView[]): Promise<void> {
    const known = new Map(servers.map((server) => [server.id, server.fingerprint]));
    for (const [id, handle] of this.#handles) {
      if (known.get(id) === handle.fingerprint) await handle.definitions.reload();
      else {
        this.#handles.delete(id);
        await handle.connector.close();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#handles.values()].map((handle) => handle.connector.close()));
    this.#handles.clear();
    await this.#children.closeAll();
  }

  #make(server: ServerView): ServerHandle {
    const { definitions: store, compileSchema, classifyTool, now, log } = this.#dependencies;
    const connector = this.#connector(server, log);
    const definitions = new ServerDefinitions({
      serverId: server.id,
      slug: server.slug,
      credential: ENTRY_CREDENTIAL,
      store,
      compileSchema,
      classifyTool,
      listingTimeoutMs: this.#settings.listingTimeoutMs,
      now,
      log,
      converse: (era) => connector.open({ kind: 'listing', era }),
    });
    const conversations = new Map<string, Promise<Result<UpstreamConversation, UpstreamFailure>>>();
    const stateless = (grant: string): Promise<Result<UpstreamConversation, UpstreamFailure>> => {
      let conversation = conversations.get(grant);
      if (conversation === undefined) {
        conversation = connector.open({ kind: 'stateless', era: 'stateless', grant });
        conversations.set(grant, conversation);
        // A failure is not kept: the next request tries again.
        void conversation.then((opened) => {
          if (!opened.ok) conversations.delete(grant);
          else void opened.value.ended?.then(() => conversations.delete(grant));
        });
      }
      return conversation;
    };
    return { fingerprint: server.fingerprint, connector, definitions, stateless };
  }

  #connector(server: ServerView, log: Log): Connector {
    switch (server.upstream.kind) {
      case 'http':
        return openHttpConnector(server.upstream, this.#settings);
      case 'stdio':
        return openStdioConnector(server.upstream, {
          slug: server.slug,
          settings: this.#settings,
          host: this.#dependencies.stdioHost,
          children: this.#children,
          log,
        });
    }
  }
}

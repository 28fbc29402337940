/** One server as the message path reaches it, whatever carries it. */
import type { Era } from '../../core/mcp/revisions.ts';
import type { Result } from '../../core/result.ts';
import type { UpstreamConversation, UpstreamFailure } from './upstream.ts';

export interface Connector {
  /**
   * A conversation of its own: for one client session (initialize era), for one grant (stateless era), or for the
   * gateway's listing. Starting a local server can fail; reaching a remote one is tried when something is sent.
   */
  open(purpose: {
    readonly kind: 'session' | 'stateless' | 'listing';
    readonly era: Era;
    readonly grant?: string;
  }): Promise<Result<UpstreamConversation, UpstreamFailure>>;
  close(): Promise<void>;
}

/** What the data plane is handed: stores, keys, clocks. The gateway declares it; `main` wires it. */
import type { Ledger } from '../core/decisions/ledger.ts';
import type { DefinitionStore } from '../core/organisation/definitions.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { SchemaCompiler, ToolClassifier } from './definitions/book.ts';
import type { SnapshotSource } from './snapshot.ts';
import type { StdioHost } from './upstream/stdio/launch.ts';

export interface GatewayDependencies {
  readonly snapshots: SnapshotSource;
  readonly ledger: Ledger;
  readonly definitions: DefinitionStore;
  readonly compileSchema: SchemaCompiler;
  readonly classifyTool: ToolClassifier;
  readonly keys: GatewayKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The machine that local servers are started on. */
  readonly stdioHost: StdioHost;
  readonly log: Log;
  readonly metrics: Metrics;
  /** `audit: best_effort`: forwards although the decision could not be recorded; written into every row. */
  readonly isAuditBestEffort: boolean;
}

export interface GatewayKeys {
  hashToken(token: string): string;
  hashArguments(canonicalText: string): string;
  /** Authenticated encryption; opens only under the same context. */
  seal(plaintext: string, context: string): string;
  open(sealed: string, context: string): string | undefined;
}

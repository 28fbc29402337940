import type { Settings } from '../config/settings.ts';
import type { Readiness } from '../control/contracts/health.ts';
import type { Ledger } from '../core/decisions/ledger.ts';
import type { GatewayServer } from '../gateway/server.ts';

/** What `/readyz` says: what stops every call, and what should be known. */
export function readinessOf(parts: {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly gateway: GatewayServer;
  readonly policyProblems: readonly string[];
  readonly version: string;
}): Readiness {
  const { trouble } = parts.ledger.health();
  const problems =
    trouble === undefined
      ? []
      : [`decisions cannot be recorded (${trouble.trouble}), so nothing is forwarded: ${trouble.message}`];
  const warnings = [...parts.policyProblems];
  if (parts.settings.audit === 'best_effort')
    warnings.push('audit is best_effort: calls may be forwarded without a record');
  for (const server of parts.gateway.describeServers()) {
    if (server.isUnconfined)
      warnings.push(
        `server ${server.slug} runs as the gateway's own account and can read its data directory; give it a \`user\` or a \`sandbox\``,
      );
    const broken = server.eras.find((era) => era.problem !== undefined);
    if (broken !== undefined && server.eras.every((era) => era.tools === undefined))
      warnings.push(`server ${server.slug} could not be listed: ${broken.problem}`);
  }
  return { isReady: problems.length === 0, problems, warnings };
}

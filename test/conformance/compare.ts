import type { SuiteResult } from './suite.ts';

/** One scenario as it ran against the server itself and through the gateway. */
export interface ScenarioComparison {
  readonly scenario: string;
  readonly isScored: boolean;
  readonly direct: number;
  readonly gateway: number;
  /** Checks that the server itself did not pass. */
  readonly failedDirectly: readonly string[];
  /** `scenario/check` for every check that the server passed and that was not passed through the gateway. */
  readonly lost: readonly string[];
}

/** Compares check by check; a check that the gateway turned into a warning, or that did not run, is lost too. */
export function compare(direct: SuiteResult, gateway: SuiteResult, scored: ReadonlySet<string>): ScenarioComparison[] {
  return [...direct].map(([scenario, checks]) => {
    const through = gateway.get(scenario);
    const passed = [...checks].filter(([, status]) => status === 'SUCCESS').map(([id]) => id);
    const lost = passed.filter((id) => through?.get(id) !== 'SUCCESS');
    return {
      scenario,
      isScored: scored.has(scenario),
      direct: passed.length,
      gateway: [...(through?.values() ?? [])].filter((status) => status === 'SUCCESS').length,
      failedDirectly: [...checks].filter(([, status]) => status === 'FAILURE').map(([id]) => `${scenario}/${id}`),
      lost: lost.map((id) => `${scenario}/${id}`),
    };
  });
}

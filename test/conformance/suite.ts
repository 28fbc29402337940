/** Runs the official suite and reads what it found. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export type CheckStatus = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';

/** The checks of each scenario, by an id that is unique within it. */
export type SuiteResult = ReadonlyMap<string, ReadonlyMap<string, CheckStatus>>;

// The package exports no file of its own, so it is found by its manifest.
const suite = dirname(fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json')));
/** The machine may be busy; what is slow here is not wrong. */
const SCENARIO_TIMEOUT_MS = 90_000;

/** Scenarios that the revision's frozen requirement set scores. */
export function scoredScenarios(revision: string): ReadonlySet<string> {
  const requirements = parse(readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8')) as {
    readonly server: readonly string[];
  };
  return new Set(requirements.server);
}

/** Every server scenario of the revision's requirement set against the server at `url`. */
export async function runSuite(url: string, revision: string): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callgate-conformance-'));
  try {
    const child = spawn(
      process.execPath,
      [
        join(suite, 'dist/index.js'),
        'server',
        '--url',
        url,
        '--requirements',
        revision,
        '--timeout',
        String(SCENARIO_TIMEOUT_MS),
        '-o',
        folder,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(child, 'exit');
    return readResult(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResult(folder: string): SuiteResult {
  const result = new Map<string, Map<string, CheckStatus>>();
  for (const name of readdirSync(folder).sort()) {
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined) continue;
    const found = JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')) as {
      readonly id: string;
      readonly status: CheckStatus;
    }[];
    const checks = new Map<string, CheckStatus>();
    const seen = new Map<string, number>();
    for (const { id, status } of found) {
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      checks.set(times === 1 ? id : `${id}#${times}`, status);
    }
    result.set(scenario, checks);
  }
  return result;
}

// The official conformance suite against a server of both eras, direct and through the gateway: nothing that the server
// passes may be lost on the way. Run it with `npm run conformance`.
import { startGateway } from '../harness/gateway.ts';
import { openBearerRelay } from './bearer-relay.ts';
import { compare, type ScenarioComparison } from './compare.ts';
import { expectedFailures } from './expected-failures.ts';
import { openFixtureServer } from './fixture-server.ts';
import { conformancePolicy } from './policy.ts';
import { runSuite, scoredScenarios } from './suite.ts';

const REVISIONS = ['2025-11-25', '2026-07-28'];
const TOKEN = 'conformance-grant-of-thirty-two-characters';

let passed = 0;
const failures: string[] = [];

for (const revision of REVISIONS) {
  const fixture = await openFixtureServer();
  const gateway = await startGateway({
    servers: [{ slug: 'fixture', http: { url: fixture.url, allow_private: true } }],
    policies: [{ name: 'conformance', server: 'fixture', document: conformancePolicy }],
    grants: [{ label: 'conformance', token: TOKEN, servers: { fixture: 'conformance' } }],
  });
  const relay = await openBearerRelay(`${gateway.url}/mcp/fixture`, TOKEN);
  try {
    const direct = await runSuite(fixture.url.replace('127.0.0.1', 'localhost'), revision);
    const through = await runSuite(relay.url, revision);
    const scored = scoredScenarios(revision);
    for (const scenario of scored) if (!direct.has(scenario)) failures.push(`${revision} ${scenario} did not run`);
    judge(revision, compare(direct, through, scored));
  } finally {
    await relay.close();
    await gateway.stop();
    await fixture.close();
  }
}

for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

/** Prints the table of one revision and counts: a check kept is passed; lost, unexpectedly kept or never passed is failed. */
function judge(revision: string, comparisons: readonly ScenarioComparison[]): void {
  const expected = expectedFailures[revision] ?? {};
  console.log(`\n${revision}${' '.repeat(42)}direct  gateway`);
  for (const { scenario, isScored, direct, gateway, failedDirectly, lost } of comparisons) {
    // Tasks are an extension that the fixture does not have; what it passes there, it passes by refusing.
    const isTasks = scenario.startsWith('tasks-');
    const note = isTasks ? 'extension' : isScored ? '' : 'not scored';
    console.log(
      `  ${scenario.padEnd(48)} ${String(direct).padStart(6)} ${String(gateway).padStart(8)}  ${note}`.trimEnd(),
    );
    if (isTasks) continue;
    if (isScored) failures.push(...failedDirectly.map((check) => `${revision} ${check} (direct)`));
    const unexpected = lost.filter((check) => !(check in expected));
    for (const check of lost)
      console.log(`    lost: ${check}${check in expected ? ` (expected: ${expected[check]})` : ''}`);
    failures.push(...unexpected.map((check) => `${revision} ${check} is lost through the gateway`));
    passed += direct - lost.length;
  }
  const lost = new Set(comparisons.flatMap((comparison) => comparison.lost));
  for (const check of Object.keys(expected))
    if (!lost.has(check))
      failures.push(`${revision} ${check} is expected to be lost and is not: remove it from the list`);
}

/** Whether a hostile answer was dealt with as its row expects. */
import { callInSession, callStateless, openSession } from '../client/honest-client.ts';
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { BENIGN_CALLS, PROMPTS, TOOLS } from '../fixture/tools.ts';
import type { LanePlay, Played } from '../play.ts';
import type { AbuseRow } from '../row.ts';
import type { HostileAnswer } from '../upstream/hostile-answer.ts';
import type { AnswerEra } from '../upstream/mcp-answers.ts';
import { NotYet } from '../verdicts.ts';
import type { World } from '../world.ts';
import { dispositionsOf, isExpectedCount, isListed } from './expectation.ts';
import { invariantProblems } from './invariants.ts';
import { auditProblems } from './message.ts';

export async function hostileAnswerProblems(
  world: World,
  row: AbuseRow,
  answer: HostileAnswer,
  era: AnswerEra,
  played: Played,
  position: number,
): Promise<string[]> {
  const wanted = dispositionsOf(row.expected);
  if (wanted === undefined) return [`the outcome ${row.expected.outcome} is not known`];
  const problems = played.lanes.flatMap((play) =>
    [
      ...invariantProblems(world, play),
      ...(isExpectedCount(row.expected.upstreamRequests, play.seen.length)
        ? []
        : [`${play.seen.length} requests reached the server, expected ${row.expected.upstreamRequests}`]),
      ...answerProblems(row, wanted, answer, play),
    ].map((problem) => `${play.lane.personality.name}: ${problem}`),
  );
  problems.push(...auditProblems(row, played), ...outcomeProblems(world, wanted, played, position));
  if (wanted.has('filter')) problems.push(...(await quarantineProblems(world, answer, era)));
  return problems;
}

function answerProblems(row: AbuseRow, wanted: ReadonlySet<string>, hostile: HostileAnswer, play: LanePlay): string[] {
  if (play.answers.length > 1) return ['the client got more than one answer'];
  const [answer] = play.answers;
  if (answer === undefined) return wanted.has('terminate') ? [] : ['the client got no answer'];
  const problems: string[] = [];
  const isRefused = answer.kind === 'error' || answer.kind === 'http' || answer.kind === 'policy';
  const isPassed = answer.kind === 'result';
  if (wanted.has('reject') || wanted.has('deny')) {
    const isAlternative = isPassed && [...wanted].some((word) => word.startsWith('allow') || word === 'filter');
    if (!isRefused && !isAlternative) problems.push(`the client got ${answer.kind}: ${answer.text.slice(0, 200)}`);
    else if (isRefused && answer.kind !== 'policy' && !isListed(row.expected.httpStatus, answer.status))
      problems.push(`HTTP status ${answer.status}, expected ${row.expected.httpStatus?.join(' or ')}`);
  } else if (wanted.has('allow') && !isPassed)
    problems.push(`the client got ${answer.kind}: ${answer.text.slice(0, 200)}`);
  if (wanted.has('filter')) problems.push(...filterProblems(hostile, answer));
  if (responsesIn(answer) > 1) problems.push('the client got two responses to one request');
  return problems;
}

function responsesIn(answer: RpcAnswer): number {
  return answer.messages.filter((message) => message.result !== undefined || message.error !== undefined).length;
}

/** What is shown after a filter: of a list what was accepted and may be seen, of a text nothing of what it carried. */
function filterProblems(hostile: HostileAnswer, answer: RpcAnswer): string[] {
  // An answer that is refused whole lets nothing through either.
  if (answer.kind !== 'result') return answer.kind === 'broken' ? ['the client got no whole answer'] : [];
  const result = answer.messages.find((message) => message.result !== undefined)?.result ?? {};
  if (hostile.method === 'tools/list') return listProblems(result['tools'], TOOLS, ['drop_table']);
  if (hostile.method === 'prompts/list') return listProblems(result['prompts'], PROMPTS, []);
  if (hostile.payload === undefined || !answer.text.includes(JSON.stringify(hostile.payload).slice(1, -1))) return [];
  throw new NotYet('texts of results are not filtered');
}

function listProblems(
  shown: unknown,
  accepted: readonly { readonly name: string }[],
  hidden: readonly string[],
): string[] {
  if (!Array.isArray(shown)) return ['the client got no list'];
  const seen = new Set<unknown>();
  return shown.flatMap((item: unknown) => {
    const { name } = item as { name?: unknown };
    const known = accepted.find((tool) => tool.name === name);
    if (known === undefined) return [`the client was shown ${JSON.stringify(item).slice(0, 100)}`];
    if (hidden.includes(known.name)) return [`the client was shown the hidden ${known.name}`];
    if (seen.has(name)) return [`the client was shown ${known.name} twice`];
    seen.add(name);
    return JSON.stringify(item) === JSON.stringify(known) ? [] : [`the client was shown a changed ${known.name}`];
  });
}

/** The row of a call says how it ended. */
function outcomeProblems(world: World, wanted: ReadonlySet<string>, played: Played, position: number): string[] {
  if (!wanted.has('reject') || wanted.size > 1) return [];
  const outcomes = new Map(world.ledger.outcomesAfter(position).map((outcome) => [outcome.id, outcome.status]));
  return played.lanes.flatMap(({ lane, decisions }) =>
    decisions
      .filter((decision) => decision.effect === 'allow' && outcomes.get(decision.id) === 'ok')
      .map(() => `${lane.personality.name}: the row says that the call went well`),
  );
}

/** A tool that looks different from what was accepted is not called until somebody has looked. */
async function quarantineProblems(world: World, hostile: HostileAnswer, era: AnswerEra): Promise<string[]> {
  const problems: string[] = [];
  for (const lane of world.lanes) {
    for (const tool of hostile.changedTools) {
      if (BENIGN_CALLS[tool] === undefined) continue;
      const caller = { gateway: world.gateway, slug: lane.slug, token: world.tokens.a };
      const params = { name: tool, arguments: BENIGN_CALLS[tool] };
      const answer =
        era === 'stateless'
          ? await callStateless(caller, 'tools/call', params)
          : await callInSession(await openSession(caller), 'tools/call', params);
      if (answer.kind !== 'policy') problems.push(`${lane.personality.name}: the changed ${tool} can be called`);
    }
  }
  return problems;
}

/** Whether a message was dealt with as its row expects. */
import type { RpcAnswer } from '../client/rpc-answer.ts';
import { isAllowedAsWritten } from '../fixture/written-policy.ts';
import { PERSONALITIES } from '../parsers/personality.ts';
import { understand } from '../parsers/understood.ts';
import type { LanePlay, Played } from '../play.ts';
import type { AbuseRow } from '../row.ts';
import type { World } from '../world.ts';
import { type Disposition, dispositionsOf, isExpectedCount, isListed } from './expectation.ts';
import { invariantProblems } from './invariants.ts';

/** Longest time of what is to be quick: a decision, not a wait (milliseconds, on a busy machine). */
const FAST_MS = 1_000;

/** Everything that is wrong, a sentence each, with the lane it is wrong on. */
export function messageProblems(world: World, row: AbuseRow, played: Played): string[] {
  const wanted = dispositionsOf(row.expected);
  if (wanted === undefined) return [`the outcome ${row.expected.outcome} is not known`];
  return [
    ...played.lanes.flatMap((play) =>
      [...invariantProblems(world, play), ...laneProblems(row, wanted, play)].map(
        (problem) => `${play.lane.personality.name}: ${problem}`,
      ),
    ),
    ...auditProblems(row, played),
  ];
}

function laneProblems(row: AbuseRow, wanted: ReadonlySet<Disposition>, play: LanePlay): string[] {
  const { expected } = row;
  const actual = dispositionOf(play);
  const problems: string[] = [];
  const answer = decisiveAnswer(play);
  const isRefused = actual === 'reject' || actual === 'deny' || actual === 'hold';
  if (isRefused && play.seen.length > 0)
    problems.push(`refused, and yet ${play.seen.length} requests reached the server`);
  if (!isRefused || !isAlternative(expected.upstreamRequests)) {
    if (!isExpectedCount(expected.upstreamRequests, play.seen.length))
      problems.push(`${play.seen.length} requests reached the server, expected ${expected.upstreamRequests}`);
  }
  if (!isWanted(row, wanted, actual, play))
    problems.push(`was ${describe(actual, answer)}, expected ${expected.outcome}`);
  else if (answer !== undefined) problems.push(...statusProblems(row, actual, answer));
  const mustBeFast = wanted.has('allow_fast') || /< ?\d+ ?ms|fast/.test(expected.note ?? '');
  if (mustBeFast && play.exchanged.durationMs > FAST_MS)
    problems.push(`took ${Math.round(play.exchanged.durationMs)} ms`);
  return problems;
}

/** The answer that says how it ended: the first that refuses, else the last. */
function decisiveAnswer(play: LanePlay): RpcAnswer | undefined {
  return play.answers.find((answer) => answer.kind !== 'result' && answer.kind !== 'accepted') ?? play.answers.at(-1);
}

function dispositionOf(play: LanePlay): 'reject' | 'deny' | 'hold' | 'allow' | 'broken' {
  const answer = decisiveAnswer(play);
  if (answer === undefined) return play.exchanged.isTimedOut ? 'broken' : 'reject';
  switch (answer.kind) {
    case 'policy':
      return JSON.stringify(answer.messages).includes('"code":"approval_pending"') ? 'hold' : 'deny';
    case 'error':
    case 'http':
      return 'reject';
    case 'result':
    case 'accepted':
      return 'allow';
    case 'broken':
      return 'broken';
  }
}

function isWanted(
  row: AbuseRow,
  wanted: ReadonlySet<Disposition>,
  actual: ReturnType<typeof dispositionOf>,
  play: LanePlay,
): boolean {
  switch (actual) {
    case 'broken':
      return false;
    case 'hold':
      return wanted.has('hold');
    case 'deny':
      // A refusal by policy of what should not have been readable is as safe, and says so with a list that has 200.
      if (wanted.has('deny')) return true;
      if (wanted.has('reject') && row.expected.httpStatus?.includes(200) === true) return true;
      return isAsWritten(wanted, play, false);
    case 'reject': {
      if (wanted.has('reject')) return true;
      const status = decisiveAnswer(play)?.status;
      if (wanted.has('deny')) return row.expected.httpStatus === undefined || isListed(row.expected.httpStatus, status);
      return isAsWritten(wanted, play, false) || wanted.has('terminate');
    }
    case 'allow':
      if (wanted.has('allow') || wanted.has('allow_canonical') || wanted.has('allow_fast')) return true;
      return isAsWritten(wanted, play, true) || wanted.has('property') || wanted.has('filter');
  }
}

/** With `policy` the written rule decides, by what the client sent. */
function isAsWritten(wanted: ReadonlySet<Disposition>, play: LanePlay, wasAllowed: boolean): boolean {
  return wanted.has('policy') && isAllowedToBeSent(play) === wasAllowed;
}

function isAllowedToBeSent({ request }: LanePlay): boolean {
  const grant = request?.headers?.some(([name, value]) => name === 'Authorization' && value.includes('GRANT_B'))
    ? 'B'
    : 'A';
  return PERSONALITIES.every((personality) => {
    const what = understand(personality, Buffer.from(request?.body ?? ''));
    return (
      what.kind === 'message' && what.name !== undefined && isAllowedAsWritten(grant, what.name, what.args, personality)
    );
  });
}

function statusProblems(row: AbuseRow, actual: string, answer: RpcAnswer): string[] {
  const { httpStatus, jsonrpcCode } = row.expected;
  // A refusal by policy has its own form: a result with `isError`, or one of the gateway's codes, with HTTP 200.
  if (actual === 'deny' || actual === 'hold')
    return answer.status === 200 || isListed(httpStatus, answer.status) ? [] : [statusText(answer, httpStatus)];
  const problems: string[] = [];
  if (!isListed(httpStatus, answer.status)) problems.push(statusText(answer, httpStatus));
  if (actual === 'reject' && answer.kind === 'error' && !isListed(jsonrpcCode, answer.code))
    problems.push(`JSON-RPC code ${answer.code}, expected ${jsonrpcCode?.join(', ')}`);
  return problems;
}

function statusText(answer: RpcAnswer, expected: readonly number[] | undefined): string {
  return `HTTP status ${answer.status}, expected ${expected?.join(' or ')}`;
}

function describe(actual: string, answer: RpcAnswer | undefined): string {
  if (answer === undefined) return `${actual} without an answer`;
  return `${actual} (HTTP ${answer.status}${answer.code === undefined ? '' : `, code ${answer.code}`}: ${answer.text.slice(0, 200)})`;
}

/** Counts that a refusal may have besides those of an allowed message. */
function isAlternative(expected: AbuseRow['expected']['upstreamRequests']): boolean {
  return typeof expected === 'string';
}

/** One row for each message of a known grant, one count for each of nobody's. */
export function auditProblems(row: AbuseRow, played: Played): string[] {
  if (row.expected.auditRow !== true) return [];
  const messages = played.lanes.reduce((sum, { answers }) => sum + Math.max(1, answers.length), 0);
  const rows = played.lanes.reduce((sum, { decisions }) => sum + decisions.length, 0) + played.serverless.length;
  return rows + played.early === messages
    ? []
    : [`${messages} messages left ${rows} rows and ${played.early} counts of refusals before authentication`];
}

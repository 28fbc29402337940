/** Cases that a sentence describes: which script plays one is decided by what its words mean, the first that fits. */
import { NotPlayable } from '../client/placeholders.ts';
import type { AbuseRow } from '../row.ts';
import type { World } from '../world.ts';
import { floodOfApprovals } from './approvals.ts';
import { changedLog, injectedLog, valuesInLog } from './audit.ts';
import { overCaps } from './caps.ts';
import { killed, terminated } from './crash.ts';
import { bruteForce, revoked, slowSenders } from './grants.ts';
import { equalIds, foreignCancel, reusedId } from './ids.ts';
import { disconnected, racedLimit, rotatedIdentities, twoProcesses, upstreamErrors } from './limits.ts';
import { changedLists, foreignProgress } from './notifications.ts';
import { swappedPolicy } from './policy-swap.ts';
import { replayedState, tooManyRounds } from './request-state.ts';
import { serverAsks } from './server-asks.ts';
import { fullDisk, storeAway } from './store-away.ts';
import { privateAddress, restartedUpstream, slowReader } from './upstreams.ts';

export type Script = (world: World, row: AbuseRow) => Promise<string[]>;

const SCRIPTS: readonly (readonly [RegExp, Script])[] = [
  [/(?:parallel|concurrent).*\bid|id 1 and (?:id )?"1"/, equalIds],
  [/same id (?:twice|again|while)|reuse[sd]? (?:an? |the )?id|duplicate id/, reusedId],
  [/cancel/, foreignCancel],
  [/\bsampling\b|elicitation|roots\/list|asks? (?:the client|for)/, serverAsks],
  [/approval|consent|\bholds?\b/, floodOfApprovals],
  [/enospc|disk (?:is )?full|no space|disk nearly full/, fullDisk],
  [
    /(?:kill|stop|lose|lock)\w* (?:the )?(?:redis|db|database|store)|store (?:is )?(?:down|away|unavailable)|database (?:is )?(?:down|away)|audit store/,
    storeAway,
  ],
  [/rotat\w+ (?:identit|id|grant|session)|limit key|evasion|fresh quota|new session/, rotatedIdentities],
  [/two (?:gateways|processes|replicas)|second (?:gateway|process|replica)|replicas/, twoProcesses],
  [/upstream (?:answers )?(?:with )?(?:an? )?(?:500|error|5xx)|error after reserv/, upstreamErrors],
  [/(?:client|agent) (?:disconnects|goes away|hangs up|closes|vanishes)|disconnect/, disconnected],
  [/race|parallel calls|at once|simultaneous|burst|(?:\d[\d,]*) parallel/, racedLimit],
  [
    /(?:swap|reload|edit|replace|change)\w* (?:the )?(?:policy|config)|config reload|policy (?:swap|reload|edit)/,
    swappedPolicy,
  ],
  [/kill -9|sigkill|crash/, killed],
  [/sigterm|shut ?down|drain/, terminated],
  [/revok|expir(?:es|y|ed) (?:while|during|mid)|rotated token|old token/, revoked],
  [/brute|guess|wrong tokens|credential stuffing/, bruteForce],
  [/slowloris|slow (?:client|sender|header|body|post)|byte by byte/, slowSenders],
  [/slow reader|does not read|reads slowly|back-?pressure/, slowReader],
  [/more than \d+ rounds|endless rounds|rounds/, tooManyRounds],
  [/requeststate|replay|retry with/, replayedState],
  [/too many (?:sessions|streams|calls)|exhaust|(?:\d[\d,]*) (?:sessions|streams|open)/, overCaps],
  [/progress/, foreignProgress],
  [/list_changed|notification/, changedLists],
  [/private address|ssrf|metadata (?:service|address)|169\.254|rebinding|loopback/, privateAddress],
  [/restart\w*|lost its session|session lost/, restartedUpstream],
  [
    /tamper|edit(?:ed|s)? (?:a |the )?row|delet\w+ (?:a |the )?row|hash chain|reorder|truncat\w+ (?:the )?log|verify/,
    changedLog,
  ],
  [/inject\w* .*log|log injection|control characters|ansi|crlf|new ?line in/, injectedLog],
  [/secret|values?|canary|redact|sensitive|arguments in the log/, valuesInLog],
];

/** Throws `NotPlayable` where no script fits the words. */
export function playScript(world: World, row: AbuseRow): Promise<string[]> {
  // What the description asks for counts before what the title speaks of.
  const texts = [row.rawRequest.description ?? '', `${row.title} ${row.rawRequest.description}`];
  for (const text of texts) {
    const found = SCRIPTS.find(([pattern]) => pattern.test(text.toLowerCase()));
    if (found !== undefined) return found[1](world, row);
  }
  throw new NotPlayable(`no script plays “${row.rawRequest.description}”`);
}

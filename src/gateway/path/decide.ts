/** Gathers what the policy looks at and asks it. Everything that could differ between two runs is gathered here. */
import { isJsonObject, type JsonObject, ownMember } from '../../core/mcp/json/value.ts';
import { decide } from '../../core/policy/decide.ts';
import type { DefinitionState, PolicyRequest, SchemaCheck, ToolFacts } from '../../core/policy/request.ts';
import { RULE, type Verdict } from '../../core/policy/verdict.ts';
import type { DefinitionBook } from '../definitions/book.ts';
import type { GrantView, PolicyView } from '../snapshot.ts';

export interface Subject {
  readonly kind: 'tool' | 'method';
  /** Tool name, or the method. */
  readonly name: string;
  readonly arguments: JsonObject;
}

export interface DecisionFacts {
  readonly grant: GrantView;
  readonly policy: PolicyView | null;
  readonly clientName: string | undefined;
  readonly sessionId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const EMPTY: JsonObject = {};
const NO_LABELS: ReadonlyMap<string, number> = new Map();
const WITHOUT_DEFINITION: DefinitionState = { state: 'none' };
const NO_POLICY: Verdict = {
  effect: 'deny',
  rule: RULE.noPolicy,
  code: 'denied',
  reason: 'This grant has no policy for this server, so every call is denied.',
};

/** The verdict on a tool call. Waits only while the tool's input schema is compiled for the first time. */
export function decideTool(subject: Subject, facts: DecisionFacts, book: DefinitionBook): Verdict | Promise<Verdict> {
  const { policy } = facts;
  if (policy === null) return NO_POLICY;
  const state = book.tool(subject.name);
  if (state.state !== 'accepted')
    return decide(policy.compiled, requestOf(subject, facts, { state: state.state }, book.toolClass(subject.name)));
  const check = book.schemaCheck(state.tool);
  const conclude = (ready: SchemaCheck): Verdict =>
    withoutApprovals(
      decide(policy.compiled, requestOf(subject, facts, { state: 'accepted', check: ready }, state.tool.toolClass)),
    );
  return check instanceof Promise ? check.then(conclude) : conclude(check);
}

/** The verdict on what is not a tool call. */
export function decideMethod(subject: Subject, facts: DecisionFacts): Verdict {
  return facts.policy === null
    ? NO_POLICY
    : withoutApprovals(decide(facts.policy.compiled, requestOf(subject, facts, WITHOUT_DEFINITION)));
}

/** Nobody can be asked yet, so a call that needs a person is refused. */
function withoutApprovals(verdict: Verdict): Verdict {
  if (verdict.effect !== 'hold') return verdict;
  return {
    effect: 'error',
    rule: verdict.rule,
    code: 'unavailable',
    reason: 'This call needs a person to approve it, and this gateway cannot ask one.',
  };
}

/** What conditions on a method see: its params, without what the protocol adds to every request. */
export function methodArguments(params: JsonObject | undefined): JsonObject {
  if (params === undefined) return EMPTY;
  const { _meta, ...rest } = params;
  return rest;
}

/** The arguments of a tool call; a call without any has none. */
export function argumentsOf(params: JsonObject | undefined): JsonObject {
  const args = params === undefined ? undefined : ownMember(params, 'arguments');
  return args !== undefined && isJsonObject(args) ? args : EMPTY;
}

function requestOf(
  subject: Subject,
  facts: DecisionFacts,
  definition: DefinitionState,
  tool?: ToolFacts,
): PolicyRequest {
  const { grant, clientName, sessionId, now } = facts;
  return {
    kind: subject.kind,
    name: subject.name,
    arguments: subject.arguments,
    definition,
    ...(tool === undefined ? {} : { tool }),
    grant: { counterKey: grant.lineage, label: grant.label, labels: grant.labels },
    ...(clientName === undefined ? {} : { clientName }),
    ...(sessionId === undefined ? {} : { session: sessionId }),
    // Labels are looked at by the ledger, in the transaction that records the call: what is known here may be stale.
    labels: NO_LABELS,
    now,
  };
}

import { canonicalText } from '../mcp/json/canonical.ts';
import { isJsonObject } from '../mcp/json/value.ts';
import type { CompiledPolicy } from './compile.ts';
import { type CompiledCondition, conditionInWords } from './compiled-condition.ts';
import { evaluate, type Stage, type Trace } from './evaluate.ts';
import { confidenceMin, isPassedOver } from './govern.ts';
import type { Outcome } from './operators/operator.ts';
import { type Found, unreachable } from './place.ts';
import type { PolicyRequest } from './request.ts';
import { RULE, type RuleId, type Verdict } from './verdict.ts';

/** A verdict with its derivation: everything that was looked at on the way to it, in order. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly steps: readonly ExplainedStep[];
}

export interface ExplainedStep {
  readonly stage: Stage | 'rule';
  /** `would refuse` where the policy is in shadow mode. */
  readonly outcome: 'passed' | 'refused' | 'would refuse' | 'held' | 'would hold';
  /** The place in the document. */
  readonly rule?: RuleId;
  readonly text: string;
  /** The conditions that were asked; after a false one the rest of its entry is not. */
  readonly conditions?: readonly ExplainedCondition[];
}

export interface ExplainedCondition {
  readonly rule: RuleId;
  readonly text: string;
  readonly outcome: boolean | 'cannot decide';
  /** What it saw: its kind and size, or the value itself where values are shown. */
  readonly saw: string;
  /** Why it could not be decided. */
  readonly because?: string;
  /** With `every` or `some`: the index of the element. */
  readonly element?: number;
}

export interface ExplainOptions {
  /** Shows values of the call, up to 200 characters each. Without it they are described only. */
  readonly showValues?: boolean;
}

/** Decides on a message as `decide` does, with the same engine, and tells how. */
export function explain(policy: CompiledPolicy, request: PolicyRequest, options: ExplainOptions = {}): Explanation {
  const steps: ExplainedStep[] = [];
  const derivation = deriving(policy, request, steps, options.showValues === true);
  const verdict = evaluate(policy, request, derivation);
  const held = verdict.effect === 'allow' ? verdict.shadow : verdict;
  if (held?.effect === 'hold') {
    const outcome = held === verdict ? 'held' : 'would hold';
    steps.push({ stage: 'approval', outcome, rule: held.rule, text: held.reason });
  }
  return { verdict, steps };
}

/** The derivation as lines of text, the verdict first. */
export function explanationText({ verdict, steps }: Explanation): readonly string[] {
  const lines = [`${verdict.effect} by ${verdict.rule}${'reason' in verdict ? `: ${verdict.reason}` : ''}`];
  if (verdict.effect === 'allow' && verdict.shadow !== undefined) {
    const { effect, rule } = verdict.shadow;
    lines.push(`in shadow mode; enforced, it would be ${effect} by ${rule}`);
  }
  for (const { stage, outcome, rule, text, conditions = [] } of steps) {
    const mark = outcome === 'passed' ? '' : `${outcome}: `;
    lines.push(`  ${stage.padEnd(10)} ${mark}${rule === undefined || stage === 'rule' ? '' : `${rule} `}${text}`);
    for (const condition of conditions) lines.push(`             - ${conditionText(condition)}`);
  }
  return lines;
}

function conditionText({ text, outcome, saw, because, element }: ExplainedCondition): string {
  const where = element === undefined ? '' : ` [${element}]`;
  const answer = outcome === 'cannot decide' ? `cannot decide, it ${because}` : outcome ? 'true' : 'false';
  return `${text}${where}: ${answer} (saw ${saw})`;
}

/** A trace that writes down the steps of a decision. */
function deriving(policy: CompiledPolicy, request: PolicyRequest, steps: ExplainedStep[], showValues: boolean): Trace {
  let conditions: ExplainedCondition[] = [];
  const unsureClass = isPassedOver(policy, request.tool)
    ? ` The rule of its class does not apply below confidence ${confidenceMin}.`
    : '';
  const refusal = policy.mode === 'shadow' ? ('would refuse' as const) : ('refused' as const);
  return {
    passed: (stage, text, rule) => {
      steps.push({ stage, outcome: 'passed', text, ...(rule === undefined ? {} : { rule }) });
    },
    governedBy: ({ rule, rules }) => {
      const behind = rules.map(({ pointer }) => pointer).filter((pointer) => pointer !== rule);
      const aside = rule === RULE.defaultAllow ? unsureClass : '';
      steps.push({
        stage: 'rule',
        outcome: 'passed',
        rule,
        text: `governed by ${[rule, ...behind].join(', then ')}.${aside}`,
      });
    },
    condition: (condition, value, outcome, element) => {
      conditions.push(explainedCondition(condition, value, outcome, element, showValues));
    },
    entry: (stage, { pointer }, outcome) => {
      const text = outcome === 'cannot decide' ? 'cannot be decided' : outcome ? 'holds' : 'does not hold';
      const passes =
        stage === 'require' ? outcome === true : outcome === false || (stage === 'approval' && outcome === true);
      const result = passes ? 'passed' : outcome === 'cannot decide' ? 'refused' : refusal;
      steps.push({ stage, outcome: result, rule: pointer, text, conditions });
      conditions = [];
    },
    take: (take) => {
      const window = `in the window from ${instant(take.windowStart)} to ${instant(take.windowEnd)}`;
      const text = `wants ${take.amount} from counter "${take.counter}", which has ${take.max} ${window}`;
      steps.push({ stage: 'limits', outcome: 'passed', rule: take.rule, text });
    },
    refused: (stage, { effect, rule, at, reason }) => {
      // An entry has told already that it refuses; what is new is why.
      const last = steps.at(-1);
      const isOfEntry = last !== undefined && last.stage === stage && last.conditions !== undefined;
      if (isOfEntry) steps[steps.length - 1] = { ...last, text: `${last.text}: ${reason}` };
      else {
        const outcome = suspended.has(stage) && effect !== 'error' ? refusal : 'refused';
        steps.push({ stage, outcome, rule: at ?? rule, text: stage === 'default' ? reason + unsureClass : reason });
      }
    },
  };
}

/** Stages that only speak in shadow mode. */
const suspended: ReadonlySet<Stage> = new Set(['require', 'deny_if', 'flow', 'limits', 'approval']);

function explainedCondition(
  { pointer, source }: CompiledCondition,
  value: Found,
  outcome: Outcome,
  element: number | undefined,
  showValues: boolean,
): ExplainedCondition {
  const undecided = typeof outcome === 'object' ? { because: outcome.cannotDecide } : {};
  return {
    rule: pointer,
    text: conditionInWords(source),
    outcome: typeof outcome === 'object' ? 'cannot decide' : outcome,
    saw: showValues ? shown(value) : described(value),
    ...undecided,
    ...(element === undefined ? {} : { element }),
  };
}

const shownMax = 200;

function shown(value: Found): string {
  if (value === undefined || value === unreachable) return described(value);
  const text = canonicalText(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}… (${described(value)})` : text;
}

/** What a value is, without telling it. */
function described(value: Found): string {
  if (value === undefined) return 'nothing';
  if (value === unreachable) return 'something without members on the way';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (typeof value === 'boolean') return 'true or false';
  // Array.isArray does not narrow a readonly array.
  if (Array.isArray(value)) return `a list of ${(value as readonly unknown[]).length}`;
  return isJsonObject(value) ? `an object of ${Object.keys(value).length}` : 'a number';
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

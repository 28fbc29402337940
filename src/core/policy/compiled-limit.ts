import { type Amount, compareAmounts, isNegative, parseAmount } from '../limits/amount.ts';
import { type CounterScope, type CounterSubject, counterKeys } from '../limits/counter-key.ts';
import type { Take } from '../limits/take.ts';
import { findTimeZone } from '../limits/time-zone.ts';
import { utc, type Window, type WindowSpec, windowClock } from '../limits/windows.ts';
import { numberText } from '../mcp/json/value.ts';
import { type PathSegment, parseConditionPath } from './condition-path.ts';
import type { PolicyLimit, PolicyRateLimit } from './document.ts';
import type { ExactNumber } from './operators/exact-number.ts';
import { find, unreachable } from './place.ts';
import type { PolicyRequest } from './request.ts';

/** A limit, ready to be asked what a call wants from its counter. */
export interface CompiledLimit {
  readonly pointer: string;
  readonly counter: string;
  /** Limits with equal identities count in one counter for every caller. */
  readonly identity: string;
  readonly keyFor: (subject: CounterSubject) => string | undefined;
  /** The label by which grants share the counter, where it is one. */
  readonly label?: string;
  readonly windowAt: (now: number) => Window;
  readonly algorithm: 'fixed' | 'sliding';
  readonly max: Amount;
  readonly amount: Amount | { readonly from: readonly PathSegment[]; readonly path: string };
  readonly releaseOnError: boolean;
  readonly onDeny?: string;
}

/** Where limits count: in the counters of one server, those of a policy in shadow mode apart. */
export interface CounterPlace {
  readonly organisation: string;
  readonly server: string;
  readonly isShadow: boolean;
}

/** The limit at a pointer, compiled. `reason` is what its rule says where the limit itself says nothing. */
export function compileLimit(
  limit: PolicyLimit,
  pointer: string,
  place: CounterPlace,
  reason: string | undefined,
): CompiledLimit {
  const timeZone = (limit.timezone === undefined ? undefined : findTimeZone(limit.timezone)) ?? utc;
  const window: WindowSpec =
    typeof limit.window === 'number' ? { unit: 'seconds', seconds: limit.window } : { unit: limit.window, timeZone };
  const scope: CounterScope = limit.scope ?? 'grant';
  const algorithm = limit.algorithm ?? 'fixed';
  const keyFor = counterKeys({ ...place, counter: limit.counter, scope, window, algorithm });
  const onDeny = limit.on_deny ?? reason;
  return {
    pointer,
    counter: limit.counter,
    identity: keyFor(anySubject(scope)) ?? '',
    keyFor,
    windowAt: windowClock(window),
    algorithm,
    max: amountOf(limit.max),
    amount: limit.increment_from === undefined ? amountOf(limit.increment ?? 1) : amountFrom(limit.increment_from),
    releaseOnError: limit.release_on_error ?? false,
    ...(typeof scope === 'object' ? { label: scope.label } : {}),
    ...(onDeny === undefined ? {} : { onDeny }),
  };
}

/** The limit that the shorthand `rate_limit` stands for. Its counter is the rule's own. */
export function rateLimitAsLimit(rate: PolicyRateLimit, pointer: string): PolicyLimit {
  if (typeof rate !== 'string') return { counter: pointer, window: rate.window, max: rate.max };
  const [max, window] = rate.split('/');
  // The schema has seen to it that what follows the slash is a calendar unit.
  return { counter: pointer, window: window as PolicyLimit['window'], max: Number(max) };
}

/**
 * The limits of one call, each counter once: where two limits count in the same one, the smaller `max` holds, and the
 * unit is given back after an error only if both say so.
 */
export function oncePerCounter(limits: readonly CompiledLimit[]): readonly CompiledLimit[] {
  const byCounter = new Map<string, CompiledLimit>();
  for (const limit of limits) {
    const other = byCounter.get(limit.identity);
    if (other === undefined) byCounter.set(limit.identity, limit);
    else {
      const tighter = compareAmounts(limit.max, other.max) < 0 ? limit : other;
      byCounter.set(limit.identity, { ...tighter, releaseOnError: limit.releaseOnError && other.releaseOnError });
    }
  }
  return [...byCounter.values()];
}

/** What a call wants from the limit's counter, or why that cannot be told. */
export function takeOf(limit: CompiledLimit, request: PolicyRequest): Take | TakeProblem {
  const { grant, session, arguments: args, now } = request;
  const key = limit.keyFor({
    grant: grant.counterKey,
    labels: grant.labels,
    ...(session === undefined ? {} : { session }),
  });
  if (key === undefined) return 'no label';
  const amount = typeof limit.amount === 'object' ? amountIn(args, limit.amount.from) : limit.amount;
  if (amount === undefined) return 'no amount';
  const { start, end } = limit.windowAt(now);
  return {
    rule: limit.pointer,
    counter: limit.counter,
    key,
    algorithm: limit.algorithm,
    windowStart: start,
    windowEnd: end,
    amount,
    max: limit.max,
    releaseOnError: limit.releaseOnError,
    ...(limit.onDeny === undefined ? {} : { onDeny: limit.onDeny }),
  };
}

/** The grant has no value of the label that is counted by; or the argument that is added up is not a number from zero up. */
export type TakeProblem = 'no label' | 'no amount';

function amountIn(args: PolicyRequest['arguments'], from: readonly PathSegment[]): Amount | undefined {
  const value = find(args, from);
  if (value === undefined || value === unreachable) return undefined;
  const text = numberText(value);
  if (text === undefined) return undefined;
  const amount = parseAmount(text);
  return isNegative(amount) ? undefined : amount;
}

function amountOf(value: ExactNumber): Amount {
  return parseAmount(numberText(value) ?? '0');
}

function amountFrom(path: string): { from: readonly PathSegment[]; path: string } {
  const parsed = parseConditionPath(path);
  if (!parsed.ok || parsed.value.root !== 'args') throw new Error(`not a path to an argument: ${path}`);
  return { from: parsed.value.segments, path };
}

/** A caller for whom every scope has a counter. */
function anySubject(scope: CounterScope): CounterSubject {
  return { grant: '', labels: typeof scope === 'object' ? { [scope.label]: '' } : {} };
}

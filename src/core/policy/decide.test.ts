import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyRequest, policyText } from '../../../test/arbitraries/policy.ts';
import { isNegative } from '../limits/amount.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import { decide, isListed, isMethodOpen } from './decide.ts';
import { parsePolicy } from './parse-policy.ts';
import type { PolicyRequest } from './request.ts';
import { RULE, type Verdict } from './verdict.ts';

const context = { organisation: 'org', serverId: 'srv', policyName: 'p', version: 1 };

function compiled(text: string): CompiledPolicy | undefined {
  const document = parsePolicy(text);
  if (!document.ok) return undefined;
  const policy = compilePolicy(document.value, context);
  // What parses compiles.
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  return policy.value;
}

const runs = process.env['CALLGATE_LONG_TESTS'] === '1' ? 30_000 : 600;

/** Properties of documents that are valid; most of the generated ones are. */
function forAll(check: (policy: CompiledPolicy, request: PolicyRequest, text: string) => void, numRuns = runs): void {
  fc.assert(
    fc.property(policyText, policyRequest, (text, request) => {
      const policy = compiled(text);
      fc.pre(policy !== undefined);
      if (policy !== undefined) check(policy, request, text);
    }),
    { numRuns },
  );
}

const goesAhead = (verdict: Verdict) => verdict.effect === 'allow';

describe('a decision', () => {
  test('is the same for the same policy and request, asked again or of another compilation', () => {
    forAll((policy, request, text) => {
      const verdict = decide(policy, request);
      expect(decide(policy, request)).toEqual(verdict);
      expect(decide(compiled(text) ?? policy, request)).toEqual(verdict);
    });
  });

  test('does not change what it is given', () => {
    forAll((policy, request) => {
      const before = JSON.stringify(request.arguments);
      decide(policy, request);
      expect(JSON.stringify(request.arguments)).toBe(before);
    }, 500);
  });

  test('of a tool that the server has not listed, or nobody has accepted, is never to go ahead', () => {
    forAll((policy, request) => {
      for (const state of ['unknown', 'held', 'changed'] as const) {
        if (request.kind === 'method' && state === 'changed') continue;
        expect(goesAhead(decide(policy, { ...request, definition: { state } }))).toBe(false);
      }
    });
  });

  test('of a method that the protocol does not have is never to go ahead', () => {
    forAll((policy, request) => {
      expect(goesAhead(decide(policy, { ...request, kind: 'method', name: 'no/such' }))).toBe(false);
    }, 500);
  });

  test('names a rule: a place in the document, or one of the names in parentheses', () => {
    const names = new Set<string>(Object.values(RULE));
    forAll((policy, request, text) => {
      const document: unknown = JSON.parse(text);
      const verdict = decide(policy, request);
      for (const found of [verdict, verdict.effect === 'allow' ? verdict.shadow : undefined]) {
        for (const pointer of [found?.rule, found !== undefined && 'at' in found ? found.at : undefined]) {
          if (pointer === undefined || names.has(pointer)) continue;
          // The action of a rule may be implied, the rule itself may not.
          expect(resolve(document, pointer.replace(/\/action$/, ''))).toBeDefined();
        }
      }
    });
  });

  test('takes each counter once, and nothing negative, in a window that holds now', () => {
    forAll((policy, request) => {
      const verdict = decide(policy, request);
      const takes = 'takes' in verdict ? verdict.takes : [];
      expect(new Set(takes.map(({ key, windowStart }) => `${windowStart} ${key}`)).size).toBe(takes.length);
      for (const take of takes) {
        expect(isNegative(take.amount)).toBe(false);
        expect(take.windowStart).toBeLessThanOrEqual(request.now);
        expect(take.windowEnd).toBeGreaterThan(request.now);
      }
    });
  });
});

describe('monotonicity', () => {
  const ruleNames = ['get_a', 'get_*', '*'];
  const edit = (
    text: string,
    change: (document: Record<string, Record<string, Record<string, unknown[]>>>) => void,
  ): string => {
    const document = JSON.parse(text) as Record<string, Record<string, Record<string, unknown[]>>>;
    change(document);
    return JSON.stringify(document);
  };
  const neverAllowsMore = (change: Parameters<typeof edit>[1]) =>
    forAll((policy, request, text) => {
      const stricter = compiled(edit(text, change));
      fc.pre(stricter !== undefined);
      if (stricter !== undefined && goesAhead(decide(stricter, request)))
        expect(decide(policy, request).effect).toBe('allow');
    });
  const denial = { conditions: [{ path: 'args.p', op: 'eq', value: 'a' }] };

  test('one more deny_if never allows more', () => {
    neverAllowsMore((document) => {
      for (const rule of Object.values(document['tools'] ?? {})) rule['deny_if'] = [...(rule['deny_if'] ?? []), denial];
    });
  });

  test('one more deny_if for all tools never allows more', () => {
    neverAllowsMore((document) => {
      const all = (document['all_tools'] ?? {}) as unknown as Record<string, unknown[]>;
      document['all_tools'] = { ...all, deny_if: [denial, ...(all['deny_if'] ?? [])] } as never;
    });
  });

  test('one more requirement never allows more', () => {
    neverAllowsMore((document) => {
      for (const rule of Object.values(document['tools'] ?? {})) rule['require'] = [denial, ...(rule['require'] ?? [])];
    });
  });

  test('hiding one more name never allows more', () => {
    for (const name of ruleNames) {
      neverAllowsMore((document) => {
        document['hide'] = [...((document['hide'] ?? []) as unknown as string[]), name] as never;
      });
    }
  });

  test('a default of deny never allows more than one of allow', () => {
    neverAllowsMore((document) => {
      document['default'] = 'deny' as never;
    });
  });
});

describe('lists', () => {
  test('what is not listed is refused as if it did not exist', () => {
    forAll((policy, request) => {
      if (request.kind !== 'tool' || isListed(policy, request.name, request.tool)) return;
      expect(decide(policy, request)).toMatchObject({ effect: 'hide', code: 'not_available' });
    });
  });

  test('what is listed is not refused as if it did not exist', () => {
    forAll((policy, request) => {
      if (request.kind !== 'tool' || !isListed(policy, request.name, request.tool)) return;
      const verdict = decide(policy, request);
      expect('code' in verdict ? verdict.code : undefined).not.toBe('not_available');
    });
  });

  test('a method that is not open is refused whatever its params', () => {
    forAll((policy, request) => {
      if (request.kind === 'method' && !isMethodOpen(policy, request.name))
        expect(goesAhead(decide(policy, request))).toBe(false);
    });
  });
});

test('in shadow mode, what would be decided is what the same document enforced decides, or cannot decide', () => {
  forAll((policy, request, text) => {
    const { mode: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const enforced = decide(compiled(JSON.stringify(rest)) ?? policy, request);
    const shadow = decide(compiled(JSON.stringify({ ...rest, mode: 'shadow' })) ?? policy, request);
    if (shadow.effect === 'allow') {
      const wouldBe = shadow.shadow;
      expect(wouldBe?.effect).toBe(enforced.effect);
      expect(wouldBe?.rule).toBe(enforced.rule);
    } else if (shadow.effect !== 'error') {
      expect(shadow).toEqual(enforced);
    } else {
      expect(enforced.effect).not.toBe('allow');
    }
  });
});

test('no sentence holds a value of the call', () => {
  const canary = 'kz9canary';
  forAll((policy, request) => {
    const args = { p: canary, q: { [canary]: canary }, l: [canary], o: { p: canary } };
    const verdict = decide(policy, { ...request, arguments: args });
    expect(JSON.stringify(verdict)).not.toContain(canary);
  }, 1000);
});

function resolve(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

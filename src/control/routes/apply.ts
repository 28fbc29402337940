import { Hono } from 'hono';
import { type PlanTools, planApply } from '../../core/organisation/plan-apply.ts';
import type { ControlStore } from '../../core/organisation/state.ts';
import { ApplyRequest, type ApplyResponse } from '../contracts/apply.ts';
import { policyProblems } from '../policy-problems.ts';
import { problem } from '../problem.ts';

export interface ApplyDependencies {
  readonly store: ControlStore;
  readonly planTools: PlanTools;
  onChange(): Promise<void>;
}

/** `POST /api/v1/apply`: makes the stored state equal to the document, all of it or nothing. */
export function applyRoutes(dependencies: ApplyDependencies): Hono {
  const app = new Hono();
  app.post('/apply', async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const parsed = ApplyRequest.safeParse(body);
    if (!parsed.success) {
      return problem(
        context,
        400,
        'invalid-request',
        'The body is not an apply request.',
        parsed.error.issues.map((issue) => ({ path: issue.path.join('/'), text: issue.message })),
      );
    }
    const outcome = await applyStack(dependencies, parsed.data);
    if ('problems' in outcome)
      return problem(
        context,
        422,
        'invalid-stack',
        'The stack cannot be applied; nothing was changed.',
        outcome.problems,
      );
    if (!outcome.response.isDryRun) await dependencies.onChange();
    return context.json(outcome.response);
  });
  return app;
}

/** Plans and, unless it is a dry run, carries out. The same function serves the API and the command when no server runs. */
export async function applyStack(
  dependencies: Pick<ApplyDependencies, 'store' | 'planTools'>,
  request: ApplyRequest,
): Promise<{ readonly response: ApplyResponse } | { readonly problems: readonly { readonly text: string }[] }> {
  const { store, planTools } = dependencies;
  const invalid = request.policies.flatMap((policy) => policyProblems(policy.name, policy.document));
  if (invalid.length > 0) return { problems: invalid };
  const plan = planApply(store.organisation, await store.read(store.organisation), request, planTools);
  if (!plan.ok) return { problems: plan.error.map((text) => ({ text })) };
  if (!request.dryRun) await store.write(store.organisation, plan.value.changes);
  return {
    response: {
      changes: [...plan.value.shown],
      tokens: request.dryRun ? [] : [...plan.value.tokens],
      isDryRun: request.dryRun,
    },
  };
}

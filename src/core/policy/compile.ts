import { err, ok, type Result } from '../result.ts';
import { type CompiledRule, compileRule, type RuleContext } from './compiled-rule.ts';
import type { PolicyDocument, PolicyRule, ToolCategory } from './document.ts';
import { documentProblems } from './document-problems.ts';
import { type NameChoice, nameTable } from './name-table.ts';
import type { OperatorContext } from './operators/operator.ts';
import { type Plan, planOf } from './plan.ts';
import { childPointer } from './pointer.ts';
import type { PolicyProblem } from './problem.ts';
import { RULE } from './verdict.ts';

/** Where and under what name a document is used. */
export interface PolicyContext {
  readonly organisation: string;
  readonly serverId: string;
  readonly policyName: string;
  /** Of the saved document. */
  readonly version: number;
  /** Parsers that have to be loaded; a document that needs one which is not here does not compile. */
  readonly operators?: OperatorContext;
}

/** A document ready to decide with. It never changes; what it remembers between calls only saves work. */
export interface CompiledPolicy extends PolicyContext {
  readonly mode: 'enforce' | 'shadow';
  readonly default: 'allow' | 'deny';
  readonly hideDenied: boolean;
  /** What the document says of a tool by its name alone. */
  readonly chooseTool: (name: string) => NameChoice;
  readonly classes: Readonly<Partial<Record<ToolCategory, Plan>>>;
  readonly methods: ReadonlyMap<string, Plan>;
  /** For tools and for methods that nothing in the document names; absent under `default: deny`. */
  readonly defaultTool?: Plan;
  readonly defaultMethod?: Plan;
}

/** The document, compiled for one server, or everything that keeps it from being used there. */
export function compilePolicy(
  document: PolicyDocument,
  context: PolicyContext,
): Result<CompiledPolicy, PolicyProblem[]> {
  // A parsed document has no such problems; one that was put together by a program may have.
  const problems: PolicyProblem[] = documentProblems(document).map(({ pointer, message, hint }) =>
    hint === undefined ? { pointer, message } : { pointer, message, hint },
  );
  if (problems.length > 0) return err(problems);

  const mode = document.mode ?? 'enforce';
  const ruleContext: RuleContext = {
    operators: context.operators ?? {},
    counters: { organisation: context.organisation, server: context.serverId, isShadow: mode === 'shadow' },
  };
  const compiled = (rule: PolicyRule, pointer: string): CompiledRule | undefined => {
    const result = compileRule(rule, pointer, ruleContext);
    if (result.ok) return result.value;
    problems.push(...result.error);
    return undefined;
  };
  const section = (key: 'tools' | 'classes' | 'methods'): Map<string, CompiledRule> => {
    const rules = new Map<string, CompiledRule>();
    for (const [name, rule] of Object.entries(document[key] ?? {})) {
      const own = rule === undefined ? undefined : compiled(rule, childPointer(`/${key}`, name));
      if (own !== undefined) rules.set(name, own);
    }
    return rules;
  };

  const allTools = document.all_tools === undefined ? undefined : compiled(document.all_tools, '/all_tools');
  const behind = allTools === undefined ? [] : [allTools];
  const [tools, classes, methods] = [section('tools'), section('classes'), section('methods')];
  if (problems.length > 0) return err(problems);

  const planFor = (rule: CompiledRule): Plan => planOf([rule, ...behind], rule.pointer);
  return ok({
    ...context,
    mode,
    default: document.default,
    hideDenied: document.hide_denied ?? false,
    chooseTool: nameTable(tools, document.hide ?? [], planFor),
    classes: Object.fromEntries([...classes].map(([name, rule]) => [name, planFor(rule)])),
    methods: new Map([...methods].map(([name, rule]) => [name, planOf([rule], rule.pointer)])),
    ...(document.default === 'deny'
      ? {}
      : { defaultTool: planOf(behind, RULE.defaultAllow), defaultMethod: planOf([], RULE.defaultAllow) }),
  });
}

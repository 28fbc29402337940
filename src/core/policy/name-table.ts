import type { CompiledRule } from './compiled-rule.ts';
import { type Glob, isGlob, matchesGlob, parseGlob } from './glob.ts';
import type { Plan } from './plan.ts';

/** What a document says of a tool by its name alone. */
export interface NameChoice {
  /** The pointer of the entry of `hide` that matches. */
  readonly hiddenBy?: string;
  /** The plan of the exact name, or else of the matching glob with most literal characters. */
  readonly plan?: Plan;
}

/**
 * A function that finds what governs a name, among rules by name or glob. It makes the plan of a rule when it is first
 * chosen, and remembers the names it was asked for, up to a bound.
 */
export function nameTable(
  rules: ReadonlyMap<string, CompiledRule>,
  hide: readonly string[],
  planFor: (rule: CompiledRule) => Plan,
): (name: string) => NameChoice {
  const globs = [...rules]
    .filter(([name]) => isGlob(name))
    .map(([name, rule]) => ({ glob: parseGlob(name), rule }))
    .sort((a, b) => b.glob.literals - a.glob.literals);
  const hiddenNames = new Map<string, string>();
  const hiddenGlobs: { glob: Glob; pointer: string }[] = [];
  for (const [index, name] of hide.entries()) {
    const pointer = `/hide/${index}`;
    if (isGlob(name)) hiddenGlobs.push({ glob: parseGlob(name), pointer });
    else if (!hiddenNames.has(name)) hiddenNames.set(name, pointer);
  }

  const choose = (name: string): NameChoice => {
    const hiddenBy = hiddenNames.get(name) ?? hiddenGlobs.find(({ glob }) => matchesGlob(glob, name))?.pointer;
    // A name with `*` in it that a server offers is not the glob that is written the same way.
    const exact = isGlob(name) ? undefined : rules.get(name);
    const rule = exact ?? globs.find(({ glob }) => matchesGlob(glob, name))?.rule;
    return { ...(hiddenBy === undefined ? {} : { hiddenBy }), ...(rule === undefined ? {} : { plan: planOnce(rule) }) };
  };
  const plans = new Map<CompiledRule, Plan>();
  const planOnce = (rule: CompiledRule): Plan => {
    const plan = plans.get(rule) ?? planFor(rule);
    plans.set(rule, plan);
    return plan;
  };

  const remembered = new Map<string, NameChoice>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const choice = choose(name);
    // Names come from clients, so neither their number nor their length may fill the memory.
    if (remembered.size >= rememberedMax) remembered.clear();
    if (name.length <= nameLengthMax) remembered.set(name, choice);
    return choice;
  };
}

const rememberedMax = 10_000;
const nameLengthMax = 256;

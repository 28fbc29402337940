import { type Glob, isGlob, matchesGlob, parseGlob } from './glob.ts';
import type { Plan } from './plan.ts';

/** What a document says of a tool by its name alone. */
export interface NameChoice {
  /** The pointer of the entry of `hide` that matches. */
  readonly hiddenBy?: string;
  /** The plan of the exact name, or else of the matching glob with most literal characters. */
  readonly plan?: Plan;
}

/** A function that finds what governs a name. It remembers the names it was asked for, up to a bound. */
export function nameTable(plans: ReadonlyMap<string, Plan>, hide: readonly string[]): (name: string) => NameChoice {
  const globs = [...plans]
    .filter(([name]) => isGlob(name))
    .map(([name, plan]) => ({ glob: parseGlob(name), plan }))
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
    const exact = isGlob(name) ? undefined : plans.get(name);
    const plan = exact ?? globs.find(({ glob }) => matchesGlob(glob, name))?.plan;
    return { ...(hiddenBy === undefined ? {} : { hiddenBy }), ...(plan === undefined ? {} : { plan }) };
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

import type { JsonValue } from '../json/value.ts';
import type { SchemaLimits } from './limits.ts';
import type { SchemaNode } from './node.ts';
import type { Resource } from './resource.ts';

/** What a subschema says about the members of one object or array: those it has looked at are "evaluated". */
export interface Evaluated {
  readonly instance: JsonValue;
  covers(member: string | number): boolean;
  /** The subschema that says so. */
  readonly node: SchemaNode;
}

/**
 * The state of one check. A failed check leaves the rule that failed and, gathered while it returns, the path to it. What
 * ends the whole check whatever the alternatives (too much work, undecidable, an ambiguous key) is `halted`.
 */
export class Run {
  /** Whether someone reads the trail: strict mode, and schemas with `unevaluatedProperties` or `unevaluatedItems`. */
  readonly collects: boolean;
  /** What was evaluated by subschemas that hold, in order; a subschema that fails takes its entries back. */
  readonly trail: Evaluated[] = [];
  /** The resources entered, outermost first (2020-12 core §7.1, the dynamic scope). */
  readonly scope: Resource[] = [];
  rule = '';
  /** From the failing value outwards. */
  readonly place: (string | number)[] = [];
  halted: { readonly reason: string; readonly isUnsupported: boolean } | undefined;
  #stepsLeft: number;
  #depthLeft: number;

  constructor(limits: SchemaLimits, collects: boolean) {
    this.collects = collects;
    this.#stepsLeft = limits.steps;
    this.#depthLeft = limits.checkDepth;
  }

  fail(rule: string): false {
    this.rule = rule;
    this.place.length = 0;
    return false;
  }

  halt(reason: string, isUnsupported: boolean): false {
    this.halted ??= { reason, isUnsupported };
    return this.fail(reason);
  }

  undecided(what: string): false {
    return this.halt(`cannot be decided: ${what}`, true);
  }

  /** Charges work; false when there is none left. */
  spend(steps: number): boolean {
    this.#stepsLeft -= steps;
    return this.#stepsLeft >= 0 || this.halt('the schema asks for too much work on these arguments', true);
  }

  enter(): boolean {
    this.#depthLeft -= 1;
    return this.#depthLeft >= 0 || this.halt('the schema is applied in too many levels', true);
  }

  leave(): void {
    this.#depthLeft += 1;
  }
}

import type { SignalId } from './signals/signal.ts';
import type { Category, Effect, Severity } from './taxonomy.ts';

/** Everything the classifier says about one tool. Plain JSON; the same definition always gives the same record. */
export interface ToolRisk {
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
  /** The calibrated probability that the category is right, 0 to 1. */
  readonly confidence: number;
  /** The MCP hints as they should be, in the specification's sense, whatever the server states. */
  readonly hints: PredictedHints;
  /** How likely each hint is right, 0.5 to 1. */
  readonly hintConfidence: Readonly<Record<keyof PredictedHints, number>>;
  readonly effects: readonly Effect[];
  readonly signals: readonly SignalId[];
  /** Plain sentences: why this category, why this severity, what is uncertain. */
  readonly rationale: readonly string[];
  readonly evidence: readonly Evidence[];
  /** Evidence that speaks for another category. */
  readonly against: readonly Evidence[];
  /** What is wrong with the definition itself: hidden instructions, contradictions, what could not be read. */
  readonly findings: readonly Finding[];
  readonly frameworks: { readonly owaspMcp: readonly string[]; readonly owaspAgentic: readonly string[] };
  /** Slugs of the documented attacks that abuse this kind of access. */
  readonly attacks: readonly string[];
  readonly recommended: RecommendedRule;
  /** Present when the values of an argument decide what the tool does. */
  readonly split?: readonly ValueSplit[];
  readonly classifier: string;
}

export interface PredictedHints {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
}

/** A quotation from the definition, and where it stands. */
export interface Evidence {
  /** A JSON Pointer into the definition, with `@start-end` in UTF-16 units where part of a text is meant. */
  readonly at: string;
  readonly quote: string;
  readonly says: string;
  readonly speaksFor: Category;
}

export type FindingKind =
  | 'hidden-instruction'
  | 'role-override'
  | 'secrecy'
  | 'exfiltration'
  | 'cross-tool'
  | 'safety-bypass'
  | 'invisible-text'
  | 'encoded-text'
  | 'disguised-name'
  | 'annotation-contradiction'
  | 'remote-reference'
  | 'unread';

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly at: string;
  /** The text itself, invisible characters written as escapes, at most 200 characters. */
  readonly quote: string;
  readonly says: string;
}

/** A policy document that holds for this tool alone, and why. */
export interface RecommendedRule {
  readonly action: 'allow' | 'limit' | 'hide' | 'approve';
  readonly document: PolicyDocument;
  /** What to use instead where the tool must stay usable. */
  readonly alternative?: { readonly when: string; readonly document: PolicyDocument };
}

export interface PolicyDocument {
  readonly version: '1';
  readonly default: 'deny';
  readonly tools: Readonly<Record<string, PolicyRule>>;
}

export interface PolicyRule {
  readonly action?: 'hide' | 'approve';
  readonly require?: readonly {
    readonly conditions: readonly { readonly path: string; readonly op: 'in' | 'eq'; readonly value: unknown }[];
    readonly on_deny: string;
  }[];
  readonly limits?: readonly {
    readonly counter: string;
    readonly window: 'minute';
    readonly max: number;
    readonly scope: 'grant';
  }[];
}

/** One argument whose values differ in what they do. The tool as a whole takes the worst. */
export interface ValueSplit {
  readonly argument: string;
  readonly values: readonly { readonly value: string | boolean; readonly category: Category }[];
}

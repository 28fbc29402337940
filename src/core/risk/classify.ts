/**
 * The classifier: what one tool can do, how sure that is, why, and which rule to put on it.
 *
 * Pure and deterministic: a definition in, a record out; no clock, no network, no state. The work is bounded whatever the
 * definition holds. Text addressed to the model is data: it can raise a finding, never a class downwards.
 */
import { attacksOf } from './attacks.ts';
import { decide } from './decide.ts';
import type { Annotations, ToolDefinition } from './definition.ts';
import { effectsOf } from './effects.ts';
import { explain } from './explain.ts';
import { readFacts, type ToolFacts } from './facts.ts';
import { featuresOf } from './features.ts';
import { contradictions } from './findings/contradictions.ts';
import { scanDefinition } from './findings/scan.ts';
import { frameworksOf } from './frameworks.ts';
import { predictHints } from './hints.ts';
import { type Model, shippedModel } from './model.ts';
import { recommendRule } from './recommend.ts';
import type { ToolRisk } from './record.ts';
import { judgeSeverity } from './severity.ts';
import { readSignals } from './signals/read-signals.ts';
import { type Category, graver } from './taxonomy.ts';
import { splitByValue } from './value-split.ts';

/** Classifies one tool by the shipped model, or by another one under evaluation. Never throws for a value of the type. */
export function classify(tool: ToolDefinition, model: Model = shippedModel): ToolRisk {
  const facts = readFacts(tool);
  const signals = readSignals(facts);
  const features = featuresOf(facts, signals);
  const scores = model.score(features, shiftOfAnnotations(tool.annotations));
  const decision = decide(facts, signals, scores.category);
  const split = splitByValue(tool, facts, decision.category, model);
  const category = split.worst === undefined ? decision.category : graver(decision.category, split.worst);
  const confidence = confidenceOf(
    model,
    facts,
    decision.isDoubtful,
    decision.probability,
    category !== decision.category,
  );
  const effects = effectsOf(facts, signals, category);
  const { severity, reasons } = judgeSeverity(facts, signals, category, effects);
  const findings = [...scanDefinition(tool), ...contradictions(tool, category, confidence, facts)];
  const { evidence, against, rationale } = explain(tool, facts, signals, features, decision, category, model);
  return {
    name: tool.name,
    category,
    severity,
    confidence,
    ...predictHints(category, confidence, scores, decision, signals),
    effects,
    signals: [...new Set(signals.map((signal) => signal.id))],
    rationale: [...rationale, `Severity: ${reasons.join('; ')}.`],
    evidence,
    against,
    findings,
    frameworks: frameworksOf(category, effects, findings),
    attacks: attacksOf(category, effects, facts.schema),
    recommended: recommendRule(tool.name, category, split.splits),
    ...(split.splits.length === 0 ? {} : { split: split.splits }),
    classifier: model.version,
  };
}

/**
 * What the vendor's hints add, in log odds: enough to tip a close call, never enough to overturn what name and text say.
 * The tuple that some SDKs emit when the author wrote nothing adds nothing.
 */
function shiftOfAnnotations(
  annotations: Annotations | undefined,
): Readonly<Partial<Record<Category, number>>> | undefined {
  if (annotations === undefined) return undefined;
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  if (readOnlyHint === false && destructiveHint === true && idempotentHint === false && openWorldHint === true)
    return undefined;
  if (readOnlyHint === undefined && destructiveHint === undefined) return undefined;
  return {
    Read: readOnlyHint === true ? 1.5 : readOnlyHint === false ? -1.5 : 0,
    Destructive: readOnlyHint === true ? 0 : destructiveHint === true ? 0.5 : destructiveHint === false ? -0.7 : 0,
  };
}

// Without a description no tool is known well enough to allow it by class (the threshold there is 0.8).
const confidenceMaxWithoutText = 0.75;
const confidenceMaxInDoubt = 0.85;

function confidenceOf(
  model: Model,
  facts: ToolFacts,
  isDoubtful: boolean,
  probability: number,
  isBySplit: boolean,
): number {
  let confidence = model.calibrated(probability);
  if (facts.description.state !== 'present') confidence = Math.min(confidence, confidenceMaxWithoutText);
  else if (isDoubtful || isBySplit) confidence = Math.min(confidence, confidenceMaxInDoubt);
  return Math.round(confidence * 1_000) / 1_000;
}

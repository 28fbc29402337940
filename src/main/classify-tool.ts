import type { JsonObject } from '../core/mcp/json/value.ts';
import type { ToolClass } from '../core/organisation/definitions.ts';
import { classify } from '../core/risk/classify.ts';
import { type Annotations, readToolDefinition } from '../core/risk/definition.ts';
import { type Category, graver, severityOfCategory } from '../core/risk/taxonomy.ts';

/** A vendor's own hint is taken at its word where it makes the class graver: nobody overstates what their tool can do. */
const HINT_CONFIDENCE = 0.9;

/** The class of a tool: the gravest of what the classifier and the vendor's hints say. */
export function classifyTool(definition: JsonObject, siblings: readonly string[]): ToolClass {
  const tool = readToolDefinition(definition, { siblings });
  const risk = classify(tool);
  const hinted = categoryOfHints(tool.annotations);
  const category = hinted === undefined ? risk.category : graver(risk.category, hinted);
  if (category === risk.category)
    return { category, severity: risk.severity, confidence: risk.confidence, classifier: risk.classifier };
  return { category, severity: severityOfCategory[category], confidence: HINT_CONFIDENCE, classifier: risk.classifier };
}

/** What the hints claim; the tuple that some SDKs emit when the author wrote nothing claims nothing. */
function categoryOfHints(annotations: Annotations | undefined): Category | undefined {
  if (annotations === undefined) return undefined;
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  if (readOnlyHint === false && destructiveHint === true && idempotentHint === false && openWorldHint === true)
    return undefined;
  if (readOnlyHint === true) return 'Read';
  if (destructiveHint === true) return 'Destructive';
  return readOnlyHint === false ? 'Write' : undefined;
}

import type { Decision } from './decide.ts';
import type { ToolDefinition } from './definition.ts';
import type { ToolFacts } from './facts.ts';
import type { Feature } from './features.ts';
import { quoteAt } from './findings/quote.ts';
import type { Model } from './model.ts';
import type { Evidence } from './record.ts';
import { type Signal, signalMeanings } from './signals/signal.ts';
import { type Category, graver } from './taxonomy.ts';

export interface Explanation {
  readonly evidence: readonly Evidence[];
  readonly against: readonly Evidence[];
  readonly rationale: readonly string[];
}

const evidenceMax = 6;
const againstMax = 3;

/** Why the category was chosen and what speaks against it, quoted from the definition with the place of each quotation. */
export function explain(
  tool: ToolDefinition,
  facts: ToolFacts,
  signals: readonly Signal[],
  features: readonly Feature[],
  decision: Decision,
  category: Category,
  model: Model,
): Explanation {
  const rival = decision.category === category ? decision.runnerUp : decision.category;
  const evidence: Evidence[] = [];
  const against: Evidence[] = [];
  const seen = new Set<string>();
  const push = (list: Evidence[], max: number, item: Evidence): void => {
    const key = `${item.at}|${item.says}`;
    if (list.length >= max || seen.has(key)) return;
    seen.add(key);
    list.push(item);
  };
  for (const signal of signals) {
    const meaning = signalMeanings[signal.id];
    const item = { ...placeOf(signal, tool, facts), says: meaning.says, speaksFor: meaning.for };
    if (meaning.for === category) push(evidence, evidenceMax, item);
    else if (signal.rank !== 'rest' && (meaning.for === rival || graver(meaning.for, category) === meaning.for))
      push(against, againstMax, item);
  }
  if (evidence.length < 2) {
    for (const { feature, weight } of strongest(model, features, category, rival, 1)) {
      if (evidence.length >= 4) break;
      if (weight > 0.3)
        push(evidence, evidenceMax, {
          ...placeOf(feature, tool, facts),
          says: `is usual for ${category} tools`,
          speaksFor: category,
        });
    }
  }
  if (against.length < 2 && decision.probability < 0.95) {
    for (const { feature, weight } of strongest(model, features, category, rival, -1)) {
      if (against.length >= 2) break;
      if (weight < -0.3)
        push(against, againstMax, {
          ...placeOf(feature, tool, facts),
          says: `is usual for ${rival} tools`,
          speaksFor: rival,
        });
    }
  }
  return { evidence, against, rationale: rationaleOf(facts, signals, evidence, decision, category) };
}

/** The features with a place that speak most for the category (or, with -1, for its rival), strongest first, at most four. */
function strongest(
  model: Model,
  features: readonly Feature[],
  category: Category,
  rival: Category,
  sign: 1 | -1,
): readonly { readonly feature: Feature; readonly weight: number }[] {
  const best: { feature: Feature; weight: number }[] = [];
  for (const feature of features) {
    if (feature.start < 0) continue;
    const weight = model.weightFor(feature, category, rival);
    if (weight * sign <= 0.3) continue;
    best.push({ feature, weight });
  }
  return best.sort((a, b) => sign * (b.weight - a.weight)).slice(0, 4);
}

function placeOf(
  where: Pick<Signal, 'source' | 'start' | 'end'> | Feature,
  tool: ToolDefinition,
  facts: ToolFacts,
): { readonly at: string; readonly quote: string } {
  switch (where.source) {
    case 'name': {
      const start = facts.name.visible.offsetOf(Math.max(0, where.start));
      const end = facts.name.visible.offsetOf(Math.max(0, where.end));
      return { at: `/name@${start}-${end}`, quote: quoteAt(tool.name, start, end) };
    }
    case 'description': {
      const [from, to] = widened(facts, where.start, where.end);
      const start = facts.description.visible.offsetOf(from);
      const end = facts.description.visible.offsetOf(to);
      return { at: `/description@${start}-${end}`, quote: quoteAt(tool.description ?? '', start, end) };
    }
    case 'schema': {
      const parameter = facts.schema.parameters[where.start];
      return parameter === undefined
        ? { at: '/inputSchema', quote: '' }
        : { at: parameter.pointer, quote: quoteAt(parameter.name, 0, parameter.name.length) };
    }
    default:
      return { at: '', quote: quoteAt(tool.server?.name ?? '', 0, (tool.server?.name ?? '').length) };
  }
}

/** From the word to the end of its phrase: a verb alone says little, `delete all records` says it. */
function widened(facts: ToolFacts, start: number, end: number): readonly [number, number] {
  if (start < 0) return [0, 0];
  const sentence = facts.description.sentences.find((one) => one.start <= start && start < one.end);
  const index = sentence?.words.findIndex((word) => word.start === start) ?? -1;
  if (sentence === undefined || index === -1) return [start, end];
  const last = sentence.words[Math.min(sentence.words.length - 1, index + 7)];
  return [start, last === undefined ? end : Math.max(end, last.end)];
}

function rationaleOf(
  facts: ToolFacts,
  signals: readonly Signal[],
  evidence: readonly Evidence[],
  decision: Decision,
  category: Category,
): readonly string[] {
  const sentences: string[] = [];
  const ofName = signals.find((signal) => signal.rank === 'name' && signalMeanings[signal.id].for === category);
  const ofMain = signals.find((signal) => signal.rank === 'main' && signalMeanings[signal.id].for === category);
  if (ofName !== undefined) {
    const verb = facts.name.verbs[0];
    const word = verb === undefined ? undefined : facts.name.words[verb.index];
    const object = facts.name.objectWord;
    const said = word === undefined ? '' : object === undefined ? ` (“${word.text}”)` : ` (“${word.text} … ${object}”)`;
    sentences.push(`The name says that it ${signalMeanings[ofName.id].says}${said}.`);
  }
  if (ofMain !== undefined) {
    const quoted = evidence.find(
      (item) => item.at.startsWith('/description') && item.says === signalMeanings[ofMain.id].says,
    );
    sentences.push(
      `The description says that it ${signalMeanings[ofMain.id].says}${quoted === undefined ? '' : `: “${quoted.quote}”`}.`,
    );
  }
  if (sentences.length === 0) {
    const [first] = evidence;
    sentences.push(
      first === undefined
        ? `Nothing in name, text or schema points anywhere in particular; tools like this are mostly ${category}.`
        : `“${first.quote}” ${first.says}.`,
    );
  }
  if (decision.rule !== undefined) sentences.push(`Decided by rule: ${decision.rule}.`);
  if (decision.category !== category)
    sentences.push(`One of its argument values makes it ${category}; a tool counts as the worst of its values.`);
  switch (facts.description.state) {
    case 'missing':
      sentences.push('The description is empty: only name and schema could be read, so the confidence is reduced.');
      break;
    case 'boilerplate':
      sentences.push('The description is boilerplate that says nothing about the tool, so the confidence is reduced.');
      break;
    default:
      if (decision.isDoubtful)
        sentences.push(
          'Name and description say different things; the worse reading counts and the confidence is reduced.',
        );
  }
  if (facts.schema.state === 'cut') sentences.push('The schema is too large to be read in full.');
  return sentences;
}

import type { Decision } from './decide.ts';
import type { Scores } from './model.ts';
import type { ToolRisk } from './record.ts';
import type { Signal, SignalId } from './signals/signal.ts';
import type { Category } from './taxonomy.ts';

interface Hint {
  readonly value: boolean;
  readonly confidence: number;
}

/**
 * The MCP hints as they should be. `readOnly` and `destructive` follow the category where it settles them; in the
 * specification's sense an update that overwrites or removes is destructive, one that only adds is not.
 */
export function predictHints(
  category: Category,
  confidence: number,
  scores: Scores,
  decision: Decision,
  signals: readonly Signal[],
): Pick<ToolRisk, 'hints' | 'hintConfidence'> {
  const isClose = category === 'Read' || decision.runnerUp === 'Read';
  const readOnly: Hint = {
    value: category === 'Read',
    confidence: round(isClose ? Math.max(0.5, confidence) : Math.max(confidence, 1 - scores.category.Read)),
  };
  const destructive = destructiveHint(category, confidence, scores);
  const idempotent = idempotentHint(category, readOnly.confidence, scores, signals);
  const openWorld = hint(scores.openWorld);
  return {
    hints: {
      readOnly: readOnly.value,
      destructive: destructive.value,
      idempotent: idempotent.value,
      openWorld: openWorld.value,
    },
    hintConfidence: {
      readOnly: readOnly.confidence,
      destructive: destructive.confidence,
      idempotent: idempotent.confidence,
      openWorld: openWorld.confidence,
    },
  };
}

/** Reading twice changes nothing more; starting, sending and paying twice does. */
function idempotentHint(category: Category, confidence: number, scores: Scores, signals: readonly Signal[]): Hint {
  if (category === 'Read') return { value: true, confidence };
  const repeats = signals.some((signal) => signal.rank !== 'rest' && repeating.has(signal.id));
  if (repeats && scores.idempotent < 0.9) return hint(Math.min(scores.idempotent, 0.2));
  return hint(scores.idempotent);
}

const repeating = new Set<SignalId>([
  'starts-job',
  'sends-message',
  'moves-money',
  'executes-code',
  'raw-request',
  'runs-agent',
]);

function destructiveHint(category: Category, confidence: number, scores: Scores): Hint {
  if (category === 'Read') return { value: false, confidence: round(Math.max(0.5, confidence)) };
  if (category === 'Destructive')
    return { value: true, confidence: round(Math.max(0.5, confidence, scores.destructive)) };
  return hint(scores.destructive);
}

function hint(probability: number): Hint {
  const value = probability >= 0.5;
  // The hint models are sure too often on vendors they have not seen; vendors also differ in what they mean.
  const confidence = 0.5 + (Math.abs(probability - 0.5) * 2) ** 1.5 * 0.42;
  return { value, confidence: round(confidence) };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

import type { ToolFacts } from '../facts.ts';
import { readContext, viewsOf } from './acts.ts';
import { judgeAct } from './judge-act.ts';
import { addSchemaSignals } from './judge-schema.ts';
import { addCues } from './judge-text.ts';
import type { AddSignal, Signal } from './signal.ts';

/** The signals of a tool, each kind at most once per rank, in a fixed order: name, main sentence, the rest, schema. */
export function readSignals(facts: ToolFacts): readonly Signal[] {
  const found: Signal[] = [];
  const seen = new Set<string>();
  const add: AddSignal = (id, place) => {
    const key = `${id}|${place.rank}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push({ id, source: place.source, start: place.start, end: place.end, rank: place.rank });
  };
  const context = readContext(facts);
  for (const view of viewsOf(facts)) judgeAct(view, context, add);
  addCues(facts, add);
  addSchemaSignals(facts, context, add);
  return found;
}

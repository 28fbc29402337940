import type { Category } from '../taxonomy.ts';

/**
 * What the taxonomy's decisions say about the facts, one finding per decision that applies. A signal is an argument, not a
 * verdict: the model weighs them together with everything else, and they are what the rationale quotes.
 */
export interface Signal {
  readonly id: SignalId;
  readonly source: 'name' | 'description' | 'schema' | 'server';
  /** Offsets in the visible text of name or description; for `schema`, `start` is the index of the parameter. */
  readonly start: number;
  readonly end: number;
  /** How near the signal stands to what the tool does: its name, its main sentence, or anywhere else. */
  readonly rank: 'name' | 'main' | 'rest';
}

export type SignalId = keyof typeof signalMeanings;

/** What each signal argues for, in words that complete "because it …". */
export const signalMeanings = {
  'moves-money': { for: 'Financial', says: 'moves money or commits to pay' },
  'changes-obligation': { for: 'Financial', says: 'creates, changes or ends an obligation to pay' },
  'maybe-order': { for: 'Financial', says: 'acts on an order or subscription, which may be one to pay' },
  'offer-only': { for: 'Write', says: 'prepares an offer, price or draft without an obligation to pay' },
  deletes: { for: 'Destructive', says: 'deletes what is stored' },
  unlinks: { for: 'Write', says: 'removes a link or membership, not the thing itself' },
  restorable: { for: 'Write', says: 'keeps what it removes restorable' },
  irreversible: { for: 'Destructive', says: 'says that it cannot be undone' },
  'resets-state': { for: 'Destructive', says: 'throws away the present state for an earlier or empty one' },
  'replaces-all': { for: 'Destructive', says: 'removes whatever is not sent' },
  'executes-code': { for: 'Execute', says: 'executes code, commands or statements that come as an argument' },
  'takes-code': { for: 'Execute', says: 'takes code, a command or a statement as an argument' },
  'raw-request': { for: 'Execute', says: 'sends any request to an API, whatever it does' },
  'controls-process': { for: 'Execute', says: 'starts, stops, scales or cancels something that runs' },
  'starts-job': { for: 'Execute', says: 'starts work that outlives the call' },
  'builds-deploys': { for: 'Execute', says: 'builds, installs or deploys' },
  'runs-agent': { for: 'Execute', says: 'hands a task to an agent that acts on its own' },
  'runs-reading': { for: 'Read', says: 'runs a query, check or report and returns the result' },
  'read-only': { for: 'Read', says: 'is described as read-only' },
  'does-not-change': { for: 'Read', says: 'says that it changes nothing' },
  retrieves: { for: 'Read', says: 'retrieves or searches' },
  computes: { for: 'Read', says: 'computes, checks or converts and returns the result' },
  'returns-text': { for: 'Read', says: 'only returns text, advice or a picture' },
  waits: { for: 'Read', says: 'only waits' },
  creates: { for: 'Write', says: 'creates or adds' },
  updates: { for: 'Write', says: 'changes what is stored' },
  'sends-message': { for: 'Write', says: 'sends a message' },
  'writes-file': { for: 'Write', says: 'writes a file' },
  'operates-screen': { for: 'Write', says: 'clicks, types or navigates on a screen' },
  'media-control': { for: 'Write', says: 'controls playback' },
  'manages-many': { for: 'Destructive', says: 'manages something as a whole, deletion included' },
} as const satisfies Record<string, { readonly for: Category; readonly says: string }>;

export type AddSignal = (id: SignalId, view: Pick<Signal, 'source' | 'start' | 'end' | 'rank'>) => void;

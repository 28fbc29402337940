/** Answers that scripts give in place of the honest server. */
import type { ServerResponse } from 'node:http';
import type { ArmedAnswer, SeenRequest } from './recording-upstream.ts';
import { idOf } from './recording-upstream.ts';

/** The id of a request, as the server that got it read it. */
export function requestId(seen: SeenRequest): string | number | null {
  return seen.understood.kind === 'message' ? idOf(seen.understood.id) : null;
}

export function isMethod(seen: SeenRequest, method: string): boolean {
  return !seen.isGateways && seen.understood.kind === 'message' && seen.understood.method === method;
}

/** Answers calls of one method; everything else is answered honestly. */
export function answering(method: string, respond: (seen: SeenRequest, response: ServerResponse) => void): ArmedAnswer {
  return { wants: (seen) => isMethod(seen, method), respond };
}

/** Holds calls of one method back until they are let go, all at once, honestly. */
export function holding(method: string, count = 1): ArmedAnswer & { readonly arrived: Promise<void>; letGo(): void } {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let number = 0;
  return {
    ...answering(method, () => {}),
    respond(seen, response, upstream) {
      number += 1;
      if (number === count) arrived.resolve();
      void released.promise.then(() => upstream.respondHonestly(seen, response));
    },
    arrived: arrived.promise,
    letGo: () => released.resolve(),
  };
}

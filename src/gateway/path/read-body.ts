import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../core/result.ts';
import type { Refusal } from './refusal.ts';

/**
 * Collects a body up to `bytesMax`; what is larger is refused while it streams in and never held whole. Trailers are
 * refused: they could carry a header that arrives after the decision.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Result<Buffer, Refusal>> {
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        request.pause();
        resolve(err({ reason: 'body-too-large', detail: `the body is larger than ${bytesMax} bytes` }));
        return;
      }
      if (first === undefined) first = chunk;
      else if (rest === undefined) rest = [first, chunk];
      else rest.push(chunk);
    });
    request.on('end', () => {
      if (request.rawTrailers.length > 0) resolve(err({ reason: 'ambiguous-http', detail: 'trailers after the body' }));
      else resolve(ok(rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest)));
    });
    request.on(BROKEN_OFF, (refusal: Refusal) => resolve(err(refusal)));
    request.on('error', () => resolve(err({ reason: 'client-gone', detail: 'the client closed the connection' })));
    request.on('close', () => {
      if (!request.complete) resolve(err({ reason: 'client-gone', detail: 'the client closed the connection' }));
    });
  });
}

const BROKEN_OFF = Symbol('body broken off');

/** Ends the wait for a body that the HTTP parser cannot read any further; false when nobody waits for it. */
export function breakOff(request: IncomingMessage, refusal: Refusal): boolean {
  return !request.complete && request.emit(BROKEN_OFF, refusal);
}

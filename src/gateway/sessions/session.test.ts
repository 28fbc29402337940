import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { EventWriter } from './event-writer.ts';
import { type Session, SessionRegistry } from './session.ts';

const noSending = { abort: () => {}, pause: () => {}, resume: () => {} };
const conversation = { send: () => noSending, listen: () => noSending, end: () => Promise.resolve() };
const any = (): boolean => true;

function openIn(registry: SessionRegistry, grant: string, now: number): Session {
  const parts = { grant, server: 'srv', revision: '2025-11-25', clientName: undefined, conversation };
  return registry.open(parts, now);
}

test('room is made by the session longest unused whose client is gone, and by no other', async () => {
  const registry = new SessionRegistry();
  const [busy, silent, left, leftLater, foreign, fresh] = [
    openIn(registry, 'one', 0),
    openIn(registry, 'one', 1_000),
    openIn(registry, 'one', 2_000),
    openIn(registry, 'one', 3_000),
    openIn(registry, 'two', 0),
    openIn(registry, 'one', 19_000),
  ];
  busy.streams.add(new EventWriter({} as ServerResponse));
  left.hadStream = true;
  leftLater.hadStream = true;
  const order: Session[] = [];
  while (await registry.endAbandoned('one', 20_000, any))
    order.push(...[busy, silent, left, leftLater, foreign, fresh].filter((one) => one.isEnded && !order.includes(one)));
  expect(order).toEqual([silent, left, leftLater]);
  expect([busy, foreign, fresh].map(({ isEnded }) => isEnded)).toEqual([false, false, false]);
});

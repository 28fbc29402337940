/** Counters for Prometheus. Labels come from closed sets only: never tool names, arguments or anything a client writes. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  decision(effect: string, code: string): void;
  refusedEarly(kind: string): void;
  answered(status: string, seconds: number): void;
  openStreams(count: number): void;
  sessions(count: number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'callgate_' });
  const decisions = new Counter({
    name: 'callgate_decisions_total',
    help: 'Decisions by effect and refusal code',
    labelNames: ['effect', 'code'],
    registers: [registry],
  });
  const early = new Counter({
    name: 'callgate_refused_before_grant_total',
    help: 'Messages refused before a grant was known',
    labelNames: ['kind'],
    registers: [registry],
  });
  const answers = new Histogram({
    name: 'callgate_call_seconds',
    help: 'From the arrival of a forwarded message to the end of its answer',
    labelNames: ['status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [registry],
  });
  const streams = new Gauge({
    name: 'callgate_open_streams',
    help: 'Event streams open towards clients',
    registers: [registry],
  });
  const sessions = new Gauge({ name: 'callgate_sessions', help: 'Live MCP sessions', registers: [registry] });
  return {
    registry,
    decision: (effect, code) => decisions.inc({ effect, code }),
    refusedEarly: (kind) => early.inc({ kind }),
    answered: (status, seconds) => answers.observe({ status }, seconds),
    openStreams: (count) => streams.set(count),
    sessions: (count) => sessions.set(count),
  };
}

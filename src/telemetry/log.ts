/** The process log: structured events with stable names on standard error. Decisions are not here; they are data in the ledger. */
import { type DestinationStream, pino } from 'pino';

export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Names of fields whose values never leave the process, wherever they stand: the second net; the first is not to log them. */
const SECRET_FIELDS = ['authorization', 'token', 'cookie', 'password', 'secret', 'headers', 'env', 'arguments'];

export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
  };
  const logger =
    destination === undefined ? pino(options, pino.destination({ fd: 2, sync: true })) : pino(options, destination);
  const write =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      logger[method]({ event, ...fields });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

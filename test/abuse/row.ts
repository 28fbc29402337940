/** One line of a file of cases, as `README.md` beside such files describes it. */
import { readFileSync } from 'node:fs';

export interface AbuseRow {
  readonly id: string;
  readonly category: string;
  readonly title: string;
  /** `any`, or the protocol version that the case is about. */
  readonly era: string;
  readonly rawRequest: RawRequest;
  readonly expected: Expected;
  readonly why?: string;
  readonly precedent?: string;
}

/** How a message is sent, or what is done instead of sending one. */
export interface RawRequest {
  readonly transport?: string;
  readonly method?: string;
  readonly path?: string;
  /** In this order, duplicates too. `Host` and `Content-Length` are added where they are missing. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly bodyB64?: string;
  /** Text that is sent compressed, once or twice. */
  readonly bodyGz?: string;
  readonly bodyGz2?: string;
  readonly bodyGen?: BodyGen;
  /** Of `transport: raw-tcp`: everything that is written, one character a byte. */
  readonly bytes?: string;
  readonly bytesB64?: string;
  /** A hostile answer to an honest call. */
  readonly upstreamResponse?: unknown;
  /** Administrative input. */
  readonly policyDocument?: unknown;
  /** What a script has to do. */
  readonly description?: string;
}

export interface BodyGen {
  readonly prefix?: string;
  readonly open?: string;
  readonly core?: string;
  readonly close?: string;
  readonly unit?: string;
  readonly count?: number;
  readonly suffix?: string;
  /** A compressed run of this text, `count` characters long when unpacked. */
  readonly gzipOf?: string;
}

export interface Expected {
  /** Words joined by `_or_`: `reject`, `deny`, `allow`, `allow_canonical`, `filter`, `terminate`, `hold`, `policy`, `property`. */
  readonly outcome: string;
  /** `0`, `1`, `"0or1"`, `"<=100"`, `"canonical"`, `"n/a"`. */
  readonly upstreamRequests?: number | string;
  readonly auditRow?: boolean | string;
  readonly httpStatus?: readonly number[];
  readonly jsonrpcCode?: readonly number[];
  readonly note?: string;
}

/** The rows of a file. Throws one sentence that names the line which is none. */
export function readRows(path: string): AbuseRow[] {
  const rows: AbuseRow[] = [];
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const row = parseLine(line, `${path}:${index + 1}`);
    rows.push(row);
  }
  return rows;
}

function parseLine(line: string, place: string): AbuseRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: not JSON: ${String(error)}`, { cause: error });
  }
  const row = value as Partial<AbuseRow>;
  const isRow =
    typeof row.id === 'string' &&
    typeof row.category === 'string' &&
    typeof row.title === 'string' &&
    typeof row.rawRequest === 'object' &&
    typeof row.expected?.outcome === 'string';
  if (!isRow)
    throw new Error(`${place}: a case has \`id\`, \`category\`, \`title\`, \`rawRequest\` and \`expected.outcome\``);
  return { ...(row as AbuseRow), era: row.era ?? 'any' };
}

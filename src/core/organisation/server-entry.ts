/** How a server is reached, as it is stored and sent over the control API. One member of the union for each kind of upstream. */
import { z } from 'zod';

export const HttpServerEntry = z.strictObject({
  kind: z.literal('http'),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  allowPrivate: z.boolean(),
  timeoutSeconds: z.number().int().positive().nullable(),
});

export const StdioServerEntry = z.strictObject({
  kind: z.literal('stdio'),
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string().nullable(),
  shared: z.boolean(),
  /** Another account to run as; null is the gateway's own. */
  user: z.string().nullable(),
  sandbox: z.union([
    z.boolean(),
    z.strictObject({ readable: z.array(z.string()), writable: z.array(z.string()), network: z.boolean() }),
  ]),
  idleSeconds: z.number().int().positive().nullable(),
  lifetimeSeconds: z.number().int().positive().nullable(),
  timeoutSeconds: z.number().int().positive().nullable(),
});

export const ServerEntry = z.discriminatedUnion('kind', [HttpServerEntry, StdioServerEntry]);
export type ServerEntry = z.infer<typeof ServerEntry>;

/** Applies `change` to every value of an entry that may be a secret; `field` names the place, for binding sealed text to it. */
export function mapSecrets(entry: ServerEntry, change: (value: string, field: string) => string): ServerEntry {
  const mapRecord = (record: Readonly<Record<string, string>>, prefix: string): Record<string, string> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, `${prefix}.${name}`)]));
  switch (entry.kind) {
    case 'http':
      return { ...entry, headers: mapRecord(entry.headers, 'http.headers') };
    case 'stdio':
      return { ...entry, env: mapRecord(entry.env, 'stdio.env') };
  }
}

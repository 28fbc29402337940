/** The body of `POST /api/v1/apply`: a stack with references resolved and files read. */
import { z } from 'zod';
import { ServerEntry } from '../../core/organisation/server-entry.ts';

export const ApplyRequest = z.strictObject({
  servers: z.array(z.strictObject({ slug: z.string(), entry: ServerEntry })),
  policies: z.array(z.strictObject({ name: z.string(), server: z.string(), document: z.string() })),
  grants: z.array(
    z.strictObject({
      label: z.string(),
      owner: z.string().nullable(),
      token: z.string().nullable(),
      /** Server slug → policy name, or null for a server without a policy (every call is denied). */
      servers: z.record(z.string(), z.string().nullable()),
      labels: z.record(z.string(), z.string()),
      /** Milliseconds since the epoch. */
      expiresAt: z.number().int().nullable(),
    }),
  ),
  prune: z.boolean(),
  dryRun: z.boolean(),
});
export type ApplyRequest = z.infer<typeof ApplyRequest>;

export const PlannedChange = z.strictObject({
  action: z.enum(['create', 'update', 'delete', 'keep']),
  kind: z.enum(['server', 'policy', 'grant']),
  name: z.string(),
  /** What changes, in words, where that is not obvious. */
  detail: z.string().optional(),
});
export type PlannedChange = z.infer<typeof PlannedChange>;

export const ApplyResponse = z.strictObject({
  changes: z.array(PlannedChange),
  /** Tokens made for grants that brought none; shown here and never again. */
  tokens: z.array(z.strictObject({ label: z.string(), token: z.string() })),
  isDryRun: z.boolean(),
});
export type ApplyResponse = z.infer<typeof ApplyResponse>;

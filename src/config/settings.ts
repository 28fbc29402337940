/**
 * Process settings: one schema for flags, environment and `callgate.yaml`, in that order of precedence. Each has its
 * default, unit and reason here, and the reference page is generated from them.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '../core/result.ts';

const Address = z
  .string()
  .regex(
    /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/,
    'host:port, such as 127.0.0.1:8787; port 0 takes a free one',
  );
const Milliseconds = z.coerce.number().int().positive();
const Count = z.coerce.number().int().positive();
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const List = z.union([
  z.array(z.string()),
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
]);

export const Settings = z.strictObject({
  listen: Address.default('127.0.0.1:8787').describe('Address of the data plane: `/mcp/<server>`, by grant.'),
  control_listen: Address.default('127.0.0.1:8788').describe('Address of the control plane: API, health, metrics.'),
  data_dir: z
    .string()
    .min(1)
    .default('.callgate')
    .describe('Folder of everything that is kept: keys, control database, ledger. Readable by its owner only.'),
  durability: z
    .enum(['process', 'power'])
    .default('process')
    .describe(
      'What a recorded decision survives: `process` kill -9, `power` also the loss of power (one disk sync for each group of calls).',
    ),
  public_url: z
    .url()
    .optional()
    .describe('How clients reach the gateway from outside; its host is accepted, and it is the audience of tokens.'),
  allowed_hosts: List.default([]).describe('Further Host values that are accepted, with or without port.'),
  allowed_origins: List.default([]).describe('Further browser origins that may call the gateway.'),
  tls_cert: z.string().optional().describe('Certificate file (PEM) for both listeners; needed beyond loopback.'),
  tls_key: z.string().optional().describe('Key file (PEM) for `tls_cert`.'),
  behind_proxy: List.default([]).describe(
    'Addresses of reverse proxies that terminate TLS in front of the gateway; allows listening beyond loopback without TLS.',
  ),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Detail of the process log on standard error. Decisions are not in it; see `callgate logs`.'),
  audit: z
    .enum(['strict', 'best_effort'])
    .default('strict')
    .describe(
      '`strict` forwards nothing that could not be recorded. `best_effort` goes on without a record; every row and /readyz say so.',
    ),
  retention_days: Count.default(90).describe('Days a decision stays in the log.'),
  disk_reserve_mb: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(64)
    .describe('Free space (MiB) below which no call is forwarded, so that decisions can still be written.'),
  body_bytes: Count.default(1 << 20).describe('Largest message of a client, bytes.'),
  request_timeout_ms: Milliseconds.default(30_000).describe('Time a client may take to send one message.'),
  idle_timeout_ms: Milliseconds.default(75_000).describe('Time a connection may stay open between messages.'),
  concurrent_calls: Count.default(64).describe('Calls of one grant under way at the same time.'),
  sessions: Count.default(100).describe('Live MCP sessions of one grant.'),
  session_idle_ms: Milliseconds.default(1_800_000).describe('Time without a message after which a session is ended.'),
  streams: Count.default(100).describe('Open event streams of one grant.'),
  upstream_timeout_ms: Milliseconds.default(300_000).describe('Wait for the first byte of a server’s answer.'),
  upstream_idle_ms: Milliseconds.default(120_000).describe('Longest silence inside an answer that is no event stream.'),
  answer_bytes: Count.default(16 << 20).describe(
    'Largest answer that has to be read whole (lists), and largest event of a stream, bytes.',
  ),
  keep_alive_ms: Milliseconds.default(15_000).describe('Comment lines on silent event streams.'),
  listing_timeout_ms: Milliseconds.default(30_000).describe('Time to list a server before its first call.'),
  allow_stdio: Flag.default(true).describe('Whether servers may be local commands.'),
});
export type Settings = z.infer<typeof Settings>;

export interface SettingsProblem {
  readonly source: string;
  readonly text: string;
}

/** The three layers as they were read; absent values are left out. */
export interface SettingsSources {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of `callgate.yaml` and its name for messages. */
  readonly file: { readonly name: string; readonly text: string } | undefined;
}

/** Gives the settings with every default filled in, or every problem with where it came from. */
export function loadSettings(sources: SettingsSources): Result<Settings, readonly SettingsProblem[]> {
  const problems: SettingsProblem[] = [];
  const merged: Record<string, unknown> = {};
  const origin = new Map<string, string>();
  const take = (name: string, value: unknown, source: string): void => {
    if (value === undefined) return;
    merged[name] = value;
    origin.set(name, source);
  };
  if (sources.file !== undefined) {
    const document = parseDocument(sources.file.text, { schema: 'core', uniqueKeys: true });
    for (const error of document.errors)
      problems.push({ source: sources.file.name, text: error.message.split('\n')[0] ?? 'not valid YAML' });
    const value: unknown = document.errors.length === 0 ? document.toJS({ maxAliasCount: 0 }) : {};
    if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
      problems.push({ source: sources.file.name, text: 'expected settings as `name: value`' });
    else for (const [name, setting] of Object.entries(value ?? {})) take(name, setting, sources.file.name);
  }
  for (const name of Object.keys(Settings.shape))
    take(
      name,
      sources.environment[`CALLGATE_${name.toUpperCase()}`],
      `environment variable CALLGATE_${name.toUpperCase()}`,
    );
  for (const [name, value] of Object.entries(sources.flags)) take(name, value, `--${name.replaceAll('_', '-')}`);
  const parsed = Settings.safeParse(merged);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? '');
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
      for (const key of unknown)
        problems.push({ source: origin.get(key) ?? 'settings', text: `unknown setting \`${key}\`` });
      if (unknown.length === 0)
        problems.push({ source: origin.get(name) ?? 'settings', text: `\`${name}\`: ${issue.message}` });
    }
    return err(problems);
  }
  const beyond = beyondLoopbackProblem(parsed.data);
  if (beyond !== undefined) problems.push({ source: 'settings', text: beyond });
  return problems.length > 0 ? err(problems) : ok(parsed.data);
}

export function isLoopbackAddress(address: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):\d+$/.test(address);
}

function beyondLoopbackProblem(settings: Settings): string | undefined {
  if ((settings.tls_cert === undefined) !== (settings.tls_key === undefined))
    return '`tls_cert` and `tls_key` go together';
  if (settings.tls_cert !== undefined || settings.behind_proxy.length > 0) return undefined;
  const open = (['listen', 'control_listen'] as const).find((name) => !isLoopbackAddress(settings[name]));
  return open === undefined
    ? undefined
    : `\`${open}\` is beyond loopback: give \`tls_cert\` and \`tls_key\`, or \`behind_proxy\` with the addresses of the proxies that terminate TLS`;
}

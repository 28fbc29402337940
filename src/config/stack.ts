/**
 * `stack.yaml`: servers, policies and grants as the operator declares them. Parsed strictly, every problem named with
 * its line; environment references are resolved here and nowhere else.
 */
import { isAbsolute, resolve } from 'node:path';
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '../core/result.ts';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const NAME = z.string().min(1).max(128);
const Seconds = z.number().int().positive();

const HttpEntry = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'an http or https URL' }),
  headers: z.record(z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'a header name'), z.string()).default({}),
  allow_private: z.boolean().default(false),
  timeout: Seconds.optional(),
});

const Sandbox = z.strictObject({
  readable: z.array(z.string()).default([]),
  writable: z.array(z.string()).default([]),
  network: z.boolean().default(true),
});

const StdioEntry = z.strictObject({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  cwd: z.string().optional(),
  shared: z.boolean().default(false),
  user: z.string().min(1).optional(),
  sandbox: z.union([z.boolean(), Sandbox]).default(false),
  idle_timeout: Seconds.optional(),
  lifetime: Seconds.optional(),
  timeout: Seconds.optional(),
});

const ServerEntry = z
  .strictObject({
    slug: z.string().regex(SLUG, 'lower-case letters, digits and single hyphens').max(24, 'at most 24 characters'),
    http: HttpEntry.optional(),
    stdio: StdioEntry.optional(),
  })
  .refine((entry) => (entry.http === undefined) !== (entry.stdio === undefined), 'exactly one of `http` and `stdio`');

const PolicyEntry = z
  .strictObject({ name: NAME, server: z.string(), document: z.unknown().optional(), file: z.string().optional() })
  .refine(
    (entry) => (entry.document === undefined) !== (entry.file === undefined),
    'exactly one of `document` and `file`',
  );

const GrantEntry = z.strictObject({
  label: NAME,
  token: z.string().min(32, 'at least 32 characters').max(512).optional(),
  owner: z.string().min(1).max(256).optional(),
  servers: z.record(z.string(), z.string().nullable()),
  labels: z.record(NAME, z.string().max(256)).default({}),
  expires: z.iso.datetime({ offset: true, error: 'an instant such as 2027-06-30T00:00:00Z' }).optional(),
});

export const Stack = z.strictObject({
  version: z.literal('1'),
  servers: z.array(ServerEntry).default([]),
  policies: z.array(PolicyEntry).default([]),
  grants: z.array(GrantEntry).default([]),
});
export type Stack = z.infer<typeof Stack>;

export interface StackProblem {
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly text: string;
}

/**
 * Takes the file's text, its folder (for relative paths) and the environment; gives the stack with `${env:NAME}` resolved
 * in every string, or all problems.
 */
export function parseStack(
  text: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Stack, readonly StackProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: true,
  });
  const problems: StackProblem[] = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    return { path: '', line: at.line, column: at.col, text: error.message.split('\n')[0] ?? 'not valid YAML' };
  });
  if (problems.length > 0) return err(problems);
  const raw: unknown = document.toJS({ maxAliasCount: 0 });
  const position = (path: readonly PropertyKey[]): { line: number | undefined; column: number | undefined } => {
    const node = nodeAt(document.contents, path);
    const at = node?.range === undefined || node.range === null ? undefined : lines.linePos(node.range[0]);
    return { line: at?.line, column: at?.col };
  };
  const resolved = resolveReferences(raw, environment, [], (path, text) =>
    problems.push({ path: pointer(path), ...position(path), text }),
  );
  const parsed = Stack.safeParse(resolved);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      problems.push({ path: pointer(issue.path), ...position(issue.path), text: issueText(issue) });
    return err(problems);
  }
  for (const problem of referenceProblems(parsed.data))
    problems.push({ path: pointer(problem.path), ...position(problem.path), text: problem.text });
  if (problems.length > 0) return err(problems);
  return ok(withAbsolutePaths(parsed.data, folder));
}

function resolveReferences(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  path: readonly PropertyKey[],
  report: (path: readonly PropertyKey[], text: string) => void,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined) report(path, `the environment variable ${name} is not set`);
      return found ?? '';
    });
  }
  if (Array.isArray(value))
    return value.map((item, index) => resolveReferences(item, environment, [...path, index], report));
  if (typeof value !== 'object' || value === null) return value;
  // A policy document is data: what looks like a reference in it is a value to compare with.
  const isPolicyDocument = path.length === 2 && path[0] === 'policies';
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      isPolicyDocument && key === 'document' ? member : resolveReferences(member, environment, [...path, key], report),
    ]),
  );
}

function referenceProblems(stack: Stack): { path: PropertyKey[]; text: string }[] {
  const problems: { path: PropertyKey[]; text: string }[] = [];
  const unique = (list: readonly string[], path: string, key: string, what: string): void => {
    list.forEach((name, index) => {
      if (list.indexOf(name) !== index)
        problems.push({ path: [path, index, key], text: `a second ${what} named ${name}` });
    });
  };
  unique(
    stack.servers.map((server) => server.slug),
    'servers',
    'slug',
    'server',
  );
  unique(
    stack.policies.map((policy) => policy.name),
    'policies',
    'name',
    'policy',
  );
  unique(
    stack.grants.map((grant) => `${grant.label} of ${grant.owner ?? 'nobody'}`),
    'grants',
    'label',
    'grant',
  );
  return problems;
}

function withAbsolutePaths(stack: Stack, folder: string): Stack {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  return {
    ...stack,
    servers: stack.servers.map((server) => {
      if (server.stdio === undefined) return server;
      const { sandbox } = server.stdio;
      const paths =
        typeof sandbox === 'boolean'
          ? sandbox
          : { ...sandbox, readable: sandbox.readable.map(absolute), writable: sandbox.writable.map(absolute) };
      return { ...server, stdio: { ...server.stdio, cwd: absolute(server.stdio.cwd ?? '.'), sandbox: paths } };
    }),
    policies: stack.policies.map((policy) =>
      policy.file === undefined ? policy : { ...policy, file: absolute(policy.file) },
    ),
  };
}

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.map((key) => `\`${key}\``).join(', ')}`;
  return issue.message;
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function nodeAt(root: unknown, path: readonly PropertyKey[]): Node | undefined {
  let node: unknown = root;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part);
      if (pair === undefined) break;
      node = pair.value ?? pair.key;
    } else if (isSeq(node)) node = node.items[Number(part)];
    else break;
  }
  return node as Node | undefined;
}

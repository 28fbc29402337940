import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToolDefinition, type ServerContext, type ToolDefinition } from '../../src/core/risk/definition.ts';
import { isRecord } from '../../src/core/risk/schema-facts.ts';
import { splitIdentifier } from '../../src/core/risk/text/identifier.ts';

/**
 * Rows of a data folder (the format is described in its README), read into one shape.
 * `tool` never carries the vendor's own annotations: they are what is predicted.
 */
export interface Row {
  readonly id: string;
  readonly set: 'labelled' | 'annotated' | 'npm' | 'corpus' | 'poison';
  readonly source: string;
  readonly server: string;
  /** All aliases of one product share a vendor; folds never split one. */
  vendor: string;
  readonly tool: ToolDefinition;
  readonly annotations: Hints | undefined;
  /** False where the data say not to score the row. */
  readonly isScored: boolean;
  /** The label of the source, as it is. */
  readonly category: string | undefined;
  /** The label after adjudication, where the row carries one. */
  readonly adjudicated: string | undefined;
  readonly poison:
    | { readonly label: string; readonly isVisible: string | undefined; readonly attack: string }
    | undefined;
}

export interface Hints {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** Reads every known file of a data folder. Throws when the folder is missing or holds none of them. */
export function readData(folder: string): readonly Row[] {
  if (!existsSync(folder)) throw new Error(`no data folder at ${folder}`);
  const rows: Row[] = [];
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (file.endsWith('.jsonl')) {
      const records = readRecords(path);
      const set = setOf(file, records[0]);
      if (set !== undefined) rows.push(...rowsOf(records, set));
    } else if (file === 'npm_servers') {
      for (const name of readdirSync(path).sort()) rows.push(...readServerFile(join(path, name)));
    }
  }
  if (rows.length === 0)
    throw new Error(
      `${folder} holds none of the known files (annotated.jsonl, *labels*.jsonl, poison.jsonl, corpus_*.jsonl, npm_servers/)`,
    );
  nameVendors(rows);
  return rows;
}

/** What a file holds, by its name and, for names not known, by the members of its first row. */
function setOf(file: string, first: Record<string, unknown> | undefined): Row['set'] | undefined {
  if (first === undefined || (first['tool'] === undefined && first['name'] === undefined)) return undefined;
  if (file.startsWith('corpus')) return 'corpus';
  if (file.startsWith('poison') || first['attack'] !== undefined) return 'poison';
  if (first['category'] !== undefined || first['adjudicated'] !== undefined) return 'labelled';
  return file.startsWith('annotated') || first['annotations'] !== undefined ? 'annotated' : 'corpus';
}

function readRecords(path: string): readonly Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index): Record<string, unknown> => {
      try {
        const value: unknown = JSON.parse(line);
        if (isRecord(value)) return value;
      } catch {
        // Reported below with its place.
      }
      throw new Error(`${path}:${index + 1}: expected a JSON object`);
    });
}

function rowsOf(records: readonly Record<string, unknown>[], set: Row['set']): readonly Row[] {
  const contexts = contextsOf(records);
  return records.map((record) => rowOf(record, set, contexts.get(text(record['server'])) as ServerContext));
}

function readServerFile(path: string): readonly Row[] {
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(file) || !Array.isArray(file['tools'])) return [];
  const name = text(file['package']);
  const serverInfo = isRecord(file['serverInfo']) ? file['serverInfo'] : {};
  const tools = file['tools'].filter(isRecord);
  const context: ServerContext = {
    name,
    title: optionalText(serverInfo['name']),
    description: optionalText(file['instructions']),
    siblings: tools.map((tool) => text(tool['name'])),
  };
  return tools.map((tool) => rowOf({ ...tool, tool: tool['name'], server: name, source: 'npm' }, 'npm', context));
}

function contextsOf(records: readonly Record<string, unknown>[]): ReadonlyMap<string, ServerContext> {
  const siblings = new Map<string, string[]>();
  const first = new Map<string, Record<string, unknown>>();
  for (const record of records) {
    const server = text(record['server']);
    if (!siblings.has(server)) {
      siblings.set(server, []);
      first.set(server, record);
    }
    siblings.get(server)?.push(text(record['tool'] ?? record['name']));
  }
  return new Map(
    [...siblings].map(([server, names]) => {
      const record = first.get(server) as Record<string, unknown>;
      return [
        server,
        {
          name: server,
          title: optionalText(record['server_title']),
          description: optionalText(record['server_description']),
          siblings: names,
        },
      ];
    }),
  );
}

function rowOf(record: Record<string, unknown>, set: Row['set'], server: ServerContext): Row {
  const tool = readToolDefinition(
    {
      name: record['tool'] ?? record['name'],
      title: set === 'npm' ? record['title'] : undefined,
      description: record['description'],
      inputSchema: record['inputSchema'],
    },
    server,
  );
  const annotations = isRecord(record['annotations']) ? (record['annotations'] as Hints) : undefined;
  return {
    id: rowId(text(record['server']), tool),
    set,
    source: text(record['source']),
    server: text(record['server']),
    vendor: text(record['family']),
    tool,
    annotations,
    isScored: record['score'] !== false && !isSdkDefault(annotations),
    category: optionalText(record['category']),
    adjudicated: optionalText(record['adjudicated']),
    poison:
      set === 'poison'
        ? {
            label: text(record['label']),
            isVisible: optionalText(record['metadata_visible']),
            attack: text(record['attack']),
          }
        : undefined,
  };
}

/** What identifies a tool in the label file: a hash, so that the file carries no text of others. */
export function rowId(server: string, tool: ToolDefinition): string {
  const description = (tool.description ?? '').replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(`${server}\n${tool.name}\n${description}`).digest('hex').slice(0, 12);
}

/** The tuple that some SDKs emit when the author wrote nothing: no evidence. */
export function isSdkDefault(hints: Hints | undefined): boolean {
  return (
    hints !== undefined &&
    hints.readOnlyHint === false &&
    hints.destructiveHint === true &&
    hints.idempotentHint === false &&
    hints.openWorldHint === true
  );
}

const generic = new Set(
  'mcp server servers mcpserver client tools tool the api official remote ai io github com app dev org net npm local http https www cloud data test demo my core lab labs inc agent agents model context protocol sdk service services web site cli plus pro enhanced simple custom community smithery toolsdk modelcontextprotocol integration connector hub registry manager management system python ts js typescript node go rust mcps llm gpt chat claude anthropic openai google microsoft aws awslabs azure search code get docs doc documentation generator image images video file files project task tasks weather calendar news time memory think thinking sequential multi smart fast free open web3 research assistant helper utils toolbox kit platform browser email mail note notes sql db database query read reader only extract extractor info finder analysis analyzer and for with of to in by'.split(
    ' ',
  ),
);

/** Gives one vendor to all aliases of a product: same family, same distinctive name, or the same tool texts. */
function nameVendors(rows: readonly Row[]): void {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let root = key;
    while (parent.get(root) !== root) root = parent.get(root) as string;
    let at = key;
    while (at !== root) {
      const next = parent.get(at) as string;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  const union = (a: string, b: string): void => {
    for (const key of [a, b]) if (!parent.has(key)) parent.set(key, key);
    parent.set(find(a), find(b));
  };
  const serverKey = (row: Row): string => `server:${row.server}`;
  const tokenServers = new Map<string, Set<string>>();
  for (const row of rows) {
    if (!parent.has(serverKey(row))) parent.set(serverKey(row), serverKey(row));
    if (row.vendor !== '') union(serverKey(row), `family:${row.vendor}`);
    for (const { text: token } of splitIdentifier(`${row.server} ${row.vendor}`)) {
      if (token.length < 3 || generic.has(token)) continue;
      if (!tokenServers.has(token)) tokenServers.set(token, new Set());
      tokenServers.get(token)?.add(serverKey(row));
    }
  }
  for (const servers of tokenServers.values()) {
    if (servers.size > 60) continue;
    const [first, ...others] = servers;
    for (const other of others) union(first as string, other);
  }
  const byText = new Map<string, Map<string, string>>();
  const pairs = new Map<string, number>();
  for (const row of rows) {
    if ((row.tool.description ?? '').length < 30) continue;
    const key = `${row.tool.name}\n${row.tool.description}`;
    if (!byText.has(key)) byText.set(key, new Map());
    const servers = byText.get(key) as Map<string, string>;
    for (const other of servers.keys())
      if (other !== serverKey(row))
        pairs.set(`${other}\t${serverKey(row)}`, (pairs.get(`${other}\t${serverKey(row)}`) ?? 0) + 1);
    servers.set(serverKey(row), '');
  }
  for (const [pair, count] of pairs) {
    if (count < 2) continue;
    const [a, b] = pair.split('\t') as [string, string];
    union(a, b);
  }
  for (const row of rows) row.vendor = find(serverKey(row));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { DecisionFilter, LoggedDecision } from '../core/decisions/decision-log.ts';
import type { Effect } from '../core/decisions/record.ts';
import { StartProblem } from '../main/data-directory.ts';
import { openLog } from '../main/decision-log.ts';
import { EXIT, type Register } from './command.ts';
import { readSettings, withDataDirectory } from './settings.ts';

interface LogOptions {
  readonly follow: boolean;
  readonly json: boolean;
  readonly limit: string;
  readonly since?: string;
  readonly until?: string;
  readonly grant?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly method?: string;
  readonly effect?: string;
  readonly rule?: string;
  readonly id?: string;
}

const EFFECTS: readonly Effect[] = ['allow', 'deny', 'hide', 'hold', 'error'];
const PAGE = 500;

/** `callgate logs`: the decision log, newest last; works while the server runs and when it does not. */
export const registerLogs: Register = (program, terminal, finish) => {
  withDataDirectory(program.command('logs'))
    .description('print the decision log')
    .option('--follow', 'go on with new decisions as they are made', false)
    .option('-n, --limit <count>', 'how many of the newest', '50')
    .option('--since <time>', 'from an instant (2026-11-22T10:00:00Z) or that long ago (90s, 15m, 24h, 7d)')
    .option('--until <time>', 'before an instant, or that long ago')
    .option('--grant <label>', 'of one grant, by label or id')
    .option('--server <slug>', 'on one server, by slug or id')
    .option('--tool <name>', 'of one tool, prompt or resource')
    .option('--method <method>', 'of one JSON-RPC method, such as tools/call')
    .option('--effect <effect>', EFFECTS.join(', '))
    .option('--rule <pointer>', 'decided by one rule')
    .option('--id <id>', 'one decision')
    .option('--json', 'one JSON object a line', false)
    .addHelpText('after', '\nExamples:\n  callgate logs --follow\n  callgate logs --effect deny --since 24h --json\n')
    .action(async (options: LogOptions) => {
      const path = join(readSettings({ ...options }).data_dir, 'ledger.db');
      if (!existsSync(path))
        throw new StartProblem(`there is no decision log at ${path}; nothing has run on this data directory`);
      const log = openLog(path);
      const print = (entry: LoggedDecision): void =>
        terminal.out(options.json ? `${JSON.stringify(entry)}\n` : `${line(entry)}\n`);
      try {
        if (options.id !== undefined) {
          const entry = await log.get(options.id);
          if (entry === undefined) terminal.error(`no decision ${options.id}\n`);
          else print(entry);
          return finish(entry === undefined ? EXIT.no : EXIT.done);
        }
        const filter = filterOf(options);
        for (const entry of await newest(log, filter, positive(options.limit))) print(entry);
        if (!options.follow) return;
        const controller = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
        for await (const entry of log.follow(filter, { signal: controller.signal })) {
          // In text a decision is shown once, when its outcome is known; refusals are their own outcome.
          if (options.json || entry.record === 'outcome') print(entry);
        }
      } finally {
        await log.close();
      }
    });
};

/** The newest `count`, oldest first. */
async function newest(
  log: ReturnType<typeof openLog>,
  filter: DecisionFilter,
  count: number,
): Promise<LoggedDecision[]> {
  const entries: LoggedDecision[] = [];
  let cursor: string | undefined;
  while (entries.length < count) {
    const page = await log.search(filter, {
      order: 'newest',
      limit: Math.min(PAGE, count - entries.length),
      ...(cursor === undefined ? {} : { cursor }),
    });
    entries.push(...page.decisions);
    if (page.next === undefined) break;
    cursor = page.next;
  }
  return entries.reverse();
}

function filterOf(options: LogOptions): DecisionFilter {
  const effect = EFFECTS.find((name) => name === options.effect);
  if (options.effect !== undefined && effect === undefined)
    throw new StartProblem(`--effect: expected one of ${EFFECTS.join(', ')}`);
  return {
    ...(options.since === undefined ? {} : { from: instant(options.since, '--since') }),
    ...(options.until === undefined ? {} : { until: instant(options.until, '--until') }),
    ...(options.grant === undefined ? {} : { grant: options.grant }),
    ...(options.server === undefined ? {} : { server: options.server }),
    ...(options.tool === undefined ? {} : { name: options.tool }),
    ...(options.method === undefined ? {} : { method: options.method }),
    ...(effect === undefined ? {} : { effect }),
    ...(options.rule === undefined ? {} : { rule: options.rule }),
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function instant(text: string, flag: string): number {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago !== null) return Date.now() - Number(ago[1]) * (UNITS[ago[2] as string] as number);
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new StartProblem(`${flag}: expected an instant such as 2026-11-22T10:00:00Z, or 15m, 24h, 7d`);
  return at;
}

function positive(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new StartProblem('--limit: expected a whole number above 0');
  return count;
}

/** One decision as one line: when, what was decided, who, what, by which rule, and how it ended. */
function line({ decision, outcome }: LoggedDecision): string {
  const what = decision.name === undefined ? decision.method : `${decision.method} ${printable(decision.name)}`;
  const where = decision.server === undefined ? '-' : decision.server.slug;
  const ended =
    outcome === 'unknown'
      ? 'unknown'
      : outcome.status === 'refused'
        ? ''
        : `${outcome.status} ${outcome.durationMs} ms`;
  const why = decision.effect === 'allow' ? decision.rule : `${decision.rule}: ${printable(decision.reason ?? '')}`;
  return [
    new Date(decision.at).toISOString(),
    decision.effect.padEnd(5),
    printable(decision.grant.label),
    where,
    what,
    why,
    ended,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** Control, invisible and bidirectional characters as escapes: a log line must not draw on the terminal. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{E0000}-\u{E007F}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

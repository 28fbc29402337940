import type { ParameterKind } from './lexicon/parameters.ts';
import type { SchemaFacts } from './schema-facts.ts';
import type { Category, Effect } from './taxonomy.ts';

const byCategory: Readonly<Record<Category, readonly string[]>> = {
  Read: ['indirect-prompt-injection', 'tool-chaining-exfiltration', 'secrets-in-results'],
  Write: ['github-toxic-agent-flow', 'tool-shadowing', 'argument-exfiltration'],
  Execute: ['command-injection-class', 'rug-pull', 'stdio-config-rce'],
  Destructive: ['replit-deletion', 'bulk-operations', 'consent-fatigue', 'list-only-filtering'],
  Financial: ['grok-bankr-drain', 'runaway-loops', 'json-parser-differential', 'consent-fatigue'],
};

const byParameter: Readonly<Partial<Record<ParameterKind, readonly string[]>>> = {
  url: ['ssrf-class'],
  path: ['path-traversal-class', 'filesystem-escaperoute'],
  'output-path': ['path-traversal-class'],
  sql: ['postgres-readonly-bypass', 'readonly-mode-bypass'],
  code: ['command-injection-class'],
  recipient: ['whatsapp-exfiltration', 'postmark-mcp'],
  money: ['overthinking-loops', 'runaway-loops'],
};

const byEffect: Readonly<Partial<Record<Effect, readonly string[]>>> = {
  'external-communication': ['slack-link-unfurl', 'postmark-mcp'],
  memory: ['memory-poisoning'],
  'reads-untrusted': ['indirect-prompt-injection'],
  bulk: ['bulk-operations'],
};

/** Slugs of the documented attacks that abuse this kind of access, the most telling first, at most ten. */
export function attacksOf(category: Category, effects: readonly Effect[], schema: SchemaFacts): readonly string[] {
  const slugs = new Set<string>(byCategory[category]);
  for (const { kind, depth } of schema.parameters) {
    if (depth > 0 || kind === undefined) continue;
    for (const slug of byParameter[kind] ?? []) slugs.add(slug);
  }
  for (const effect of effects) for (const slug of byEffect[effect] ?? []) slugs.add(slug);
  slugs.add('tool-poisoning');
  return [...slugs].slice(0, 10);
}

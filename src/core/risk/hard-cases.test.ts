import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';
import type { ToolDefinition } from './definition.ts';
import type { Category, Effect, Severity } from './taxonomy.ts';

interface HardCase {
  readonly rule: string;
  readonly tool: ToolDefinition;
  readonly category: Category;
  readonly severity?: Severity | 'at least High';
  readonly effect?: Effect;
}

const object = (properties: Record<string, unknown>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
});
const text = { type: 'string' };

// One row or more for every decided sentence of the taxonomy. Written for this table.
const cases: readonly HardCase[] = [
  {
    rule: 'reading retrieves without changing state',
    tool: { name: 'fetch_order_history', description: 'Returns the past orders of a customer.' },
    category: 'Read',
    severity: 'Low',
  },
  {
    rule: 'creating is Write',
    tool: {
      name: 'create_wiki_article',
      description: 'Creates an article in the wiki.',
      inputSchema: object({ title: text, body: text }),
    },
    category: 'Write',
    severity: 'Medium',
  },
  {
    rule: 'an open-ended executor is Execute and Critical: SQL',
    tool: {
      name: 'run_sql',
      description: 'Runs any SQL statement against the warehouse.',
      inputSchema: object({ sql: text }, ['sql']),
    },
    category: 'Execute',
    severity: 'Critical',
    effect: 'code-execution',
  },
  {
    rule: 'an open-ended executor is Execute and Critical: shell',
    tool: {
      name: 'shell_exec',
      description: 'Executes a shell command on the host and returns its output.',
      inputSchema: object({ command: text }, ['command']),
    },
    category: 'Execute',
    severity: 'Critical',
    effect: 'code-execution',
  },
  {
    rule: 'an open-ended executor is Execute and Critical: raw API call',
    tool: {
      name: 'call_api',
      description: 'Makes a request to any endpoint of the REST API.',
      inputSchema: object(
        { method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'DELETE'] }, path: text, body: { type: 'object' } },
        ['method', 'path'],
      ),
    },
    category: 'Execute',
    severity: 'Critical',
  },
  {
    rule: 'an executor limited to deletes or DDL is Destructive',
    tool: {
      name: 'drop_objects',
      description: 'Drops tables, views or schemas from the database.',
      inputSchema: object({ statement: text }, ['statement']),
    },
    category: 'Destructive',
    severity: 'Critical',
  },
  {
    rule: 'a request to only SELECT is not enforcement',
    tool: {
      name: 'execute_query',
      description: 'Executes a SQL query against the database. Please only use SELECT statements.',
      inputSchema: object({ sql: text }, ['sql']),
    },
    category: 'Execute',
    severity: 'Critical',
  },
  {
    rule: 'an enforced read-only mode makes it Read',
    tool: {
      name: 'read_query',
      description: 'Runs a read-only SQL query; the connection is opened in read-only mode and rejects writes.',
      inputSchema: object({ sql: text }, ['sql']),
    },
    category: 'Read',
  },
  {
    rule: 'restorable without conditions is Write: trash',
    tool: {
      name: 'trash_message',
      description: 'Moves a message to the trash.',
      inputSchema: object({ id: text }, ['id']),
    },
    category: 'Write',
  },
  {
    rule: 'restorable without conditions is Write: archive',
    tool: {
      name: 'archive_project',
      description: 'Archives a project. Archived projects can be restored at any time.',
    },
    category: 'Write',
  },
  {
    rule: 'restorable for a time is Destructive, High',
    tool: {
      name: 'delete_workspace',
      description: 'Deletes a workspace. It can be recovered within 30 days by an administrator.',
    },
    category: 'Destructive',
    severity: 'High',
  },
  {
    rule: 'updates and overwrites are Write',
    tool: {
      name: 'update_customer_address',
      description: 'Updates the address of a customer.',
      inputSchema: object({ id: text, address: text }),
    },
    category: 'Write',
  },
  {
    rule: 'overwriting a file is Write',
    tool: {
      name: 'write_file',
      description: 'Writes content to a file, overwriting it if it exists.',
      inputSchema: object({ path: text, content: text }),
    },
    category: 'Write',
  },
  {
    rule: 'what is not sent is deleted is Destructive',
    tool: {
      name: 'set_allowed_origins',
      description: 'Replaces the entire list of allowed origins; origins not included will be removed.',
    },
    category: 'Destructive',
  },
  {
    rule: 'removing a membership is Write',
    tool: {
      name: 'remove_user_from_group',
      description: 'Removes a user from a group.',
      inputSchema: object({ user_id: text, group_id: text }),
    },
    category: 'Write',
  },
  {
    rule: 'removing a pure link is Write',
    tool: { name: 'remove_label_from_ticket', description: 'Removes a label from a ticket.' },
    category: 'Write',
  },
  {
    rule: 'Financial when an obligation to pay is created',
    tool: {
      name: 'charge_card',
      description: 'Charges the saved card of a customer.',
      inputSchema: object({ customer: text, amount: { type: 'number' }, currency: text }),
    },
    category: 'Financial',
    severity: 'Critical',
    effect: 'money',
  },
  {
    rule: 'Financial when an obligation is changed',
    tool: { name: 'finalize_invoice', description: 'Finalizes a draft invoice so that it becomes payable.' },
    category: 'Financial',
  },
  {
    rule: 'ending a subscription is Financial',
    tool: {
      name: 'cancel_subscription',
      description: 'Cancels the subscription of a customer at the end of the billing period.',
    },
    category: 'Financial',
  },
  {
    rule: 'offers and prices are Write',
    tool: { name: 'create_price', description: 'Creates a price for a product.' },
    category: 'Write',
  },
  {
    rule: 'drafts are Write',
    tool: { name: 'create_quote_draft', description: 'Creates a draft of a quote for a customer.' },
    category: 'Write',
  },
  {
    rule: 'listing money matters is Read',
    tool: { name: 'list_invoices', description: 'Lists the invoices of an account.' },
    category: 'Read',
  },
  {
    rule: 'process control is Execute: start',
    tool: { name: 'start_instance', description: 'Starts a virtual machine instance.' },
    category: 'Execute',
    severity: 'High',
  },
  {
    rule: 'process control is Execute: stop',
    tool: { name: 'stop_container', description: 'Stops a running container.' },
    category: 'Execute',
  },
  {
    rule: 'process control is Execute: cancel',
    tool: { name: 'cancel_job', description: 'Cancels a running job.' },
    category: 'Execute',
  },
  {
    rule: 'process control is Execute: scale',
    tool: { name: 'scale_deployment', description: 'Scales a deployment to a number of replicas.' },
    category: 'Execute',
  },
  {
    rule: 'process control is Execute: deploy',
    tool: { name: 'deploy_service', description: 'Deploys a service to production.' },
    category: 'Execute',
  },
  {
    rule: 'work that outlives the call is Execute',
    tool: { name: 'start_export', description: 'Starts an asynchronous export job and returns its job id.' },
    category: 'Execute',
    effect: 'long-running',
  },
  {
    rule: 'waiting is Read',
    tool: { name: 'wait_for_deployment', description: 'Waits until a deployment has finished and returns its status.' },
    category: 'Read',
  },
  {
    rule: 'auditing is Read',
    tool: {
      name: 'run_accessibility_audit',
      description: 'Runs an accessibility audit of a page and returns the findings.',
    },
    category: 'Read',
  },
  {
    rule: 'computing a report is Read',
    tool: { name: 'generate_cost_report', description: 'Computes a report of the costs of the last month.' },
    category: 'Read',
  },
  {
    rule: 'text only returned is Read',
    tool: {
      name: 'generate_commit_message',
      description: 'Suggests a commit message for a diff and returns it as text.',
    },
    category: 'Read',
  },
  {
    rule: 'in a browser, navigation is Write',
    tool: {
      name: 'browser_navigate',
      description: 'Navigates the browser to a URL.',
      inputSchema: object({ url: text }, ['url']),
    },
    category: 'Write',
  },
  {
    rule: 'in a browser, clicking is Write',
    tool: {
      name: 'browser_click',
      description: 'Clicks an element on the page.',
      inputSchema: object({ selector: text }),
    },
    category: 'Write',
  },
  {
    rule: 'in a browser, typing is Write',
    tool: {
      name: 'browser_type',
      description: 'Types text into an input element.',
      inputSchema: object({ selector: text, text }),
    },
    category: 'Write',
  },
  {
    rule: 'in a browser, evaluating script is Execute',
    tool: {
      name: 'browser_evaluate',
      description: 'Evaluates a JavaScript expression in the page.',
      inputSchema: object({ script: text }, ['script']),
    },
    category: 'Execute',
    severity: 'Critical',
  },
  {
    rule: 'returning a secret is at least High',
    tool: { name: 'get_secret_value', description: 'Returns the value of a secret from the vault.' },
    category: 'Read',
    severity: 'at least High',
    effect: 'credentials',
  },
  {
    rule: 'granting access is at least High',
    tool: { name: 'grant_role', description: 'Grants a role to a user on a project.' },
    category: 'Write',
    severity: 'at least High',
    effect: 'grants-access',
  },
  {
    rule: 'physical effects are at least High',
    tool: { name: 'unlock_door', description: 'Unlocks the front door lock.' },
    category: 'Write',
    severity: 'at least High',
    effect: 'physical',
  },
  {
    rule: 'messages to others are Write, at least High, and tagged',
    tool: {
      name: 'send_email',
      description: 'Sends an email to one or more recipients.',
      inputSchema: object({ to: text, subject: text, body: text }),
    },
    category: 'Write',
    severity: 'at least High',
    effect: 'external-communication',
  },
  {
    rule: 'a delete of one small record of one’s own is High, not Critical',
    tool: { name: 'delete_bookmark', description: 'Deletes one of your bookmarks.' },
    category: 'Destructive',
    severity: 'High',
  },
  {
    rule: 'a delete of more is Critical',
    tool: { name: 'delete_database', description: 'Deletes a database and all its data.' },
    category: 'Destructive',
    severity: 'Critical',
  },
  { rule: 'empty text: judged by the name', tool: { name: 'purge_queue', description: '' }, category: 'Destructive' },
  {
    rule: 'boilerplate text: judged by the name',
    tool: { name: 'deleteCustomer', description: 'Description not available' },
    category: 'Destructive',
  },
  {
    rule: 'an action argument: the whole takes its worst value',
    tool: {
      name: 'manage_pages',
      description: 'Manages pages.',
      inputSchema: object({ action: { type: 'string', enum: ['get', 'list', 'create', 'delete'] }, id: text }, [
        'action',
      ]),
    },
    category: 'Destructive',
  },
  {
    rule: 'negation: what it does not do does not count',
    tool: {
      name: 'get_retention_policy',
      description: 'Shows what would be removed by the policy. Does not delete anything.',
    },
    category: 'Read',
  },
  {
    rule: 'another language: Spanish',
    tool: { name: 'eliminar_factura_borrador', description: 'Elimina un borrador.' },
    category: 'Destructive',
  },
  { rule: 'another language: Chinese', tool: { name: 'chaxun', description: '查询天气信息。' }, category: 'Read' },
  {
    rule: 'a vendor’s tag counts',
    tool: { name: 'labels', description: '[READ] Labels of the repository.' },
    category: 'Read',
  },
];

describe('decided hard cases', () => {
  test.each(cases.map((one) => [one.rule, one] as const))('%s', (_, one) => {
    const record = classify(one.tool);
    expect(record.category).toBe(one.category);
    if (one.severity === 'at least High') expect(['High', 'Critical']).toContain(record.severity);
    else if (one.severity !== undefined) expect(record.severity).toBe(one.severity);
    if (one.effect !== undefined) expect(record.effects).toContain(one.effect);
  });
});

/**
 * The taxonomy's decisions as short made-up tools: each line is a label, verbs and things. They teach the model pairs of
 * verb and thing that the data happen not to contain (nobody there voids an invoice or drains a node). Written by hand
 * from section "Categories" of docs/classification.md; no text of any server.
 */
const table: readonly (readonly [label: string, verbs: string, things: string])[] = [
  // Read
  [
    'R',
    'get list fetch read show describe retrieve view find search lookup query',
    'invoice|payment|order|subscription|refund|transaction|balance|charge|payout|price|position',
  ],
  [
    'R',
    'get list fetch read show describe retrieve view find search',
    'user|member|role|permission|secret|api key|policy|webhook|firewall rule|certificate',
  ],
  [
    'R',
    'get list fetch read show describe retrieve check',
    'job|build|pipeline|workflow run|deployment|instance|container|pod|cluster|server|task status|log',
  ],
  [
    'R',
    'check validate verify test lint audit inspect diagnose analyze review',
    'configuration|syntax|schema|template|code|query plan|availability|connection|accessibility|link|rule',
  ],
  [
    'R',
    'calculate compute count compare convert parse summarize translate estimate classify detect extract',
    'total|difference|currency|date|text|entities|sentiment|cost|distance|table of contents|route',
  ],
  [
    'R',
    'run execute perform',
    'search|health check|accessibility audit|performance audit|security audit|read-only query|report|diagnostics|lookup|comparison|analysis',
  ],
  [
    'R',
    'generate produce render build compose',
    'report|summary|chart|diagram|outline|suggestion|plan|typescript types|sql from text|regular expression|preview',
  ],
  [
    'R',
    'preview estimate simulate calculate',
    'invoice|refund|payment|subscription change|transfer fee|order total|trade|swap|shipping cost',
  ],
  ['R', 'wait sleep poll', 'seconds|completion|status|build to finish'],
  ['R', 'explain suggest recommend ask answer', 'question|query|code|best practice|fix|next step|documentation'],
  ['R', 'preview simulate estimate', 'changes|migration plan|cost|impact|query'],
  ['R', 'take capture', 'screenshot|page snapshot|accessibility snapshot'],
  ['R', 'add subtract multiply divide sum', 'two numbers|a and b|integers|list of numbers'],
  [
    'R',
    'run execute',
    'promql query|soql query|jql search|log query|semantic search|select query in read-only mode|read-only sql query|graphql query in read-only mode|plugin to list processes',
  ],
  ['R', 'connect disconnect switch', 'to a database|database connection|connection'],
  ['R', 'request ask prompt', 'user input|user for confirmation|feedback from the user'],
  // Write, only adding
  [
    'W',
    'create add insert make register',
    'issue|comment|page|record|user|contact|project|label|branch|event|folder|ticket|webhook|bucket|table|index|document|team|monitor|alert rule|database|snapshot|backup',
  ],
  [
    'W',
    'create draft',
    'invoice draft|quote|price|coupon|product|payment link|ledger entry|journal entry|offer|discount',
  ],
  [
    'W',
    'send post publish share reply forward',
    'message|email|sms|comment|tweet|notification|announcement|invitation|reply|direct message',
  ],
  ['W', 'upload import save store append log record', 'file|attachment|note|image|memory|record|event|log entry|media'],
  [
    'W',
    'assign attach add link invite grant subscribe follow join',
    'user to team|label to issue|member to group|role to user|tag to contact|access to project|reviewer|watcher',
  ],
  ['W', 'copy clone duplicate fork', 'page|file|repository|template|board|sheet'],
  [
    'W',
    'enable activate unarchive restore reopen undelete star like bookmark pin',
    'feature|document|user|issue|project|item from trash|rule|post|monitor',
  ],
  [
    'W',
    'navigate click type press select hover scroll go back',
    'page|element|button|text field|option|url|browser tab',
  ],
  ['W', 'upload download and save', 'image to disk|file to local folder|attachment to path'],
  ['W', 'turn on turn off set', 'light|switch|plug|thermostat'],
  // Write, changing or removing what was there
  [
    'w',
    'update edit modify change rename replace patch set move reorder upsert',
    'issue|comment|page|record|user|contact|project|label|setting|event|folder|ticket|webhook|title|status|description|permission|dns record|rule|file contents',
  ],
  [
    'w',
    'remove unassign detach unlink unsubscribe unfollow revoke',
    'user from team|label from issue|member from group|tag from contact|role from user|access to project|reviewer|reaction|follower|item from list|card from board|track from playlist',
  ],
  [
    'w',
    'archive close disable deactivate unpublish',
    'issue|project|user|document|channel|feature|rule|card|conversation|list',
  ],
  ['w', 'move trash', 'message to trash|page to trash|file to the recycle bin|email to archive'],
  ['w', 'write overwrite', 'file|file contents|cell|document|object'],
  ['w', 'merge approve resolve', 'pull request|merge request|conflict'],
  ['w', 'rotate regenerate reset', 'api key|secret|password|webhook secret|token'],
  [
    'w',
    'update set change',
    'order status|sort order|navigation order|order of items|display order|order note|shipping address',
  ],
  ['w', 'transfer', 'issue to another team|ownership|repository|project to another owner|card to another board'],
  ['w', 'refresh clear reset', 'cache|cached data|view state|filter|zoom|cursor'],
  ['W', 'start stop pause resume', 'time tracking|timer|music|playback|chat|conversation|game|meeting notes'],
  ['W', 'like vote rate react to', 'post|comment|video|answer'],
  ['w', 'cancel', 'event|scheduled email|leave request|meeting|invitation|downtime|reminder'],
  // Execute
  [
    'E',
    'start launch trigger run schedule submit queue kick off',
    'job|build|pipeline|workflow|scan|export job|import job|simulation|training job|test suite|crawl|backup job|migration|ci run|automation|playbook|recording|report job',
  ],
  [
    'E',
    'start boot power on resume launch wake',
    'instance|server|container|virtual machine|cluster|service|app|simulator|session|emulator|process',
  ],
  [
    'e',
    'stop restart reboot terminate kill shut down power off power cycle pause suspend hibernate recycle drain evict cordon abort halt',
    'instance|server|container|virtual machine|cluster|service|app|simulator|process|pod|node|task|worker|job|deployment',
  ],
  ['e', 'cancel abort stop', 'job|build|pipeline|workflow run|running query|scan|deployment|export|task'],
  [
    'e',
    'scale resize upgrade downgrade roll back',
    'deployment|cluster|instance|service|node pool|replica set|droplet|database cluster|release',
  ],
  [
    'e',
    'deploy redeploy release promote roll out apply install',
    'application|function|site|stack|release|helm chart|terraform plan|manifest|package|migration|version to production',
  ],
  [
    'e',
    'execute run eval evaluate',
    'sql|sql query|command|shell command|script|python code|javascript|code|arbitrary query|cypher query|statement|terminal command|kubectl command|code snippet',
  ],
  [
    'e',
    'invoke call execute',
    'lambda function|function|api method|tool|rpc method|service action|any endpoint|remote procedure',
  ],
  [
    'e',
    'send make',
    'raw http request|api request|authenticated api call|graphql mutation|http request with method and body',
  ],
  ['E', 'build compile test', 'project|workspace|app|package|docker image|scheme|target'],
  ['E', 'push pull build', 'docker image|container image to registry|image from dockerfile|artifact to registry'],
  ['E', 'invoke delegate run', 'autonomous agent|sub-agent|agent on a task|background agent|computer use agent'],
  ['E', 'make start hang up end', 'phone call|outbound call'],
  // Destructive
  [
    'D',
    'delete destroy drop purge erase wipe',
    'issue|comment|page|record|user|contact|project|database|table|bucket|file|folder|repository|branch|cluster|instance|volume|snapshot|index|document|key|secret|api key|webhook|monitor|event|account|organization|rule|queue|message|post|image|workspace|environment|backup',
  ],
  [
    'D',
    'remove',
    'file|directory|record|database|project|webhook|domain|user account|template|api key|document|collection|package|dns record|automation|monitor|todo|contact|event',
  ],
  [
    'D',
    'clear empty truncate flush purge',
    'all records|database|table|queue|trash|history|logs|recycle bin|all tasks|collection|graph',
  ],
  [
    'D',
    'reset revert discard',
    'database|branch to parent|repository|all changes|environment|uncommitted changes|game state|factory settings',
  ],
  [
    'D',
    'restore rebuild reimage',
    'database from backup|server from snapshot|instance from image|volume from snapshot',
  ],
  [
    'D',
    'tear down decommission deprovision uninstall',
    'environment|stack|infrastructure|release|application|helm release',
  ],
  [
    'D',
    'terminate schedule deletion of',
    'ec2 instances with loss of data|key|encryption key|cloud instances permanently',
  ],
  ['D', 'release', 'reserved ip address|static address|elastic ip'],
  ['D', 'permanently delete bulk delete batch delete', 'messages|items|records|files|users|blocks|rows|emails'],
  // Financial
  [
    'F',
    'create finalize send issue void pay',
    'invoice|invoice item|payment|charge|refund|payout|payment intent|bill|credit note|purchase order',
  ],
  ['F', 'refund capture charge pay bill reimburse', 'payment|customer|card|order|transaction|invoice|charge|expense'],
  [
    'f',
    'cancel update change end upgrade downgrade renew pause',
    'subscription|billing plan|recurring payment|paid plan|mandate|standing order|sip',
  ],
  ['F', 'create start', 'subscription for customer|checkout session|paid plan|recurring payment'],
  [
    'F',
    'buy sell purchase trade swap exchange',
    'stock|shares|token|crypto|option|asset|domain|license|number|ticket|credits|position',
  ],
  [
    'F',
    'place submit modify cancel replace close',
    'market order|limit order|trade order|stop order|position|trade|bet|bid|all orders|all positions',
  ],
  [
    'F',
    'transfer send withdraw deposit bridge',
    'funds|money|tokens|eth|sol|usdc|crypto|balance to address|payment to payee',
  ],
  [
    'F',
    'stake unstake delegate redelegate claim borrow lend repay supply redeem',
    'tokens|collateral|loan|rewards|liquidity|position|debt',
  ],
  [
    'F',
    'sign and submit broadcast send execute',
    'signed transaction|raw transaction|swap transaction|transaction to the network|token transfer',
  ],
  ['F', 'order book reserve', 'paid mailbox|flight ticket with payment|domain purchase|gift card|print order'],
];

/** Whole tools for decisions that a verb and a thing do not show: what the sentence around them says counts. */
const sentences: readonly (readonly [label: string, name: string, description: string])[] = [
  ['e', 'sql_query', 'Run raw SQL on the connected database'],
  ['e', 'query_db', 'Query the database with SQL'],
  ['e', 'mysql_query', 'Executes an SQL statement and returns the rows'],
  ['e', 'graph_query', 'Run any Cypher query, reading or writing'],
  ['e', 'console', 'Interact with a shell session'],
  ['e', 'bash', 'Runs a bash command'],
  ['e', 'terminal_input', 'Sends input to the terminal and returns what it prints'],
  ['e', 'repl', 'Evaluates code in an interactive interpreter'],
  ['e', 'http_request', 'Sends an HTTP request with any method, headers and body'],
  ['e', 'api_request', 'Calls any endpoint of the API with the given method and payload'],
  ['e', 'graphql', 'Executes a GraphQL query or mutation'],
  ['e', 'invoke_tool', 'Invokes a tool of another server by name'],
  ['e', 'run_ps_script', 'Runs a PowerShell script on the host'],
  ['E', 'create_service', 'Creates a service and deploys it'],
  ['E', 'import_and_run', 'Imports a workflow and runs it'],
  ['W', 'create_and_return', 'Creates a record and returns it'],
  ['W', 'suspend_member', 'Suspends a member; the member can be activated again'],
  ['W', 'pause_ads', 'Pauses advertisements'],
  ['e', 'write_query', 'Executes a write query'],
  ['R', 'read_query', 'Execute a read-only SQL query; writes are rejected'],
  ['R', 'sql_select', 'Runs a SELECT statement in a read-only transaction'],
  ['R', 'metrics_query', 'Evaluates a PromQL expression over a time range'],
  ['R', 'log_query', 'Runs a LogQL query and returns matching lines'],
  ['R', 'graphql_read', 'Runs a GraphQL query; mutations are not allowed'],
  ['R', 'explain_sql', 'Explains what a SQL statement would do without executing it'],
  ['R', 'nl_to_sql', 'Generates SQL from a question in natural language'],
  ['R', 'http_get', 'Fetches a URL and returns the body'],
  ['R', 'deploy_plan', 'Shows what a deployment would change; nothing is deployed'],
  ['R', 'delete_preview', 'Lists what would be deleted without deleting it'],
  ['R', 'simulate_order', 'Simulates an order and returns the expected price; no order is placed'],
  ['R', 'validate_payment_form', 'Checks the fields of a payment form'],
  ['R', 'start_here', 'Returns instructions on how to use this server'],
  ['R', 'create_prompt_text', 'Builds a prompt from a template and returns it'],
  ['R', 'write_email_suggestion', 'Suggests the text of an email; nothing is sent'],
  ['R', 'run_report', 'Runs a saved report and returns its rows'],
  ['R', 'execute_search', 'Executes a search and returns the hits'],
  ['R', 'perform_analysis', 'Performs an analysis of the given data'],
  ['R', 'post_search', 'Searches by POST because the filter is long'],
  ['R', 'ask_assistant', 'Asks a language model a question and returns the answer'],
  ['D', 'execute_drop', 'Executes DROP statements'],
  ['D', 'run_delete_statement', 'Runs DELETE statements on a table'],
  ['D', 'cleanup_old_rows', 'Deletes rows older than a date'],
  ['D', 'set_members', 'Sets the members of a group; members not in the list are removed'],
  ['D', 'put_rules', 'Replaces all rules with the given ones; rules not included are deleted'],
  ['D', 'replace_headers', 'Full replacement of the headers: headers not sent are removed'],
  ['D', 'restore_snapshot', 'Restores a volume from a snapshot; data written since are lost'],
  ['D', 'factory_reset', 'Resets the device to factory settings'],
  ['D', 'force_push', 'Overwrites the remote history; commits may be lost'],
  ['D', 'expire_key', 'Invalidates a key for good'],
  ['w', 'patch_fields', 'Changes the given fields; fields not sent are left unchanged'],
  ['w', 'delete_to_trash', 'Moves a file to the trash, from where it can be restored'],
  ['w', 'recycle_file', 'Sends a file to the recycle bin'],
  ['w', 'remove_from_list', 'Removes an item from a list; the item itself is kept'],
  ['w', 'delete_label_link', 'Removes the assignment of a label'],
  ['w', 'disable_user', 'Disables a user; it can be enabled again'],
  ['W', 'send_message_to_channel', 'Posts a message to a channel'],
  ['W', 'schedule_post', 'Schedules a post for later'],
  ['W', 'set_reminder', 'Sets a reminder'],
  ['W', 'create_payment_link', 'Creates a link by which a customer may pay'],
  ['W', 'prepare_invoice_draft', 'Prepares a draft of an invoice'],
  ['W', 'open_door', 'Opens the door'],
  ['W', 'turn_on_device', 'Turns a device on'],
  ['F', 'renew_license', 'Renews a licence for a year; the account is charged'],
  ['F', 'subscribe_account', 'Subscribes the account to a paid plan'],
  ['F', 'book_hotel', 'Books a hotel room and pays with the stored card'],
  ['F', 'buy_number', 'Buys a phone number'],
  ['F', 'upgrade_plan', 'Upgrades the billing plan of the workspace'],
  ['F', 'issue_refund', 'Issues a refund to the customer'],
  ['F', 'settle_expense', 'Settles an expense by paying it out'],
  ['F', 'send_crypto', 'Sends coins from the wallet to an address'],
  ['F', 'open_position', 'Opens a leveraged position on a market'],
  ['E', 'run_agent', 'Starts an agent that works on a task on its own'],
  ['E', 'create_export_job', 'Creates an export job that runs in the background'],
  ['E', 'queue_build', 'Queues a build'],
  ['E', 'sync_now', 'Triggers a synchronisation run'],
  ['E', 'rollback_deploy', 'Rolls a service back to an earlier release'],
  ['e', 'apply_migration', 'Applies a database migration'],
  ['e', 'terraform_apply', 'Applies the planned changes to the infrastructure'],
];

export interface Lesson {
  readonly label: string;
  readonly name: string;
  readonly description: string;
  /** Which of the made-up vendors teaches it; several, because a word counts only when several vendors use it. */
  readonly vendor: string;
}

/** All lessons, in a fixed order. Names and sentences vary in form as real ones do. */
export function lessons(): readonly Lesson[] {
  const all: Lesson[] = [];
  let count = 0;
  for (const [label, verbs, things] of table) {
    const verbList = splitVerbs(verbs);
    for (const thing of things.split('|')) {
      for (const verb of verbList) {
        count++;
        // A third of the pairs is enough; which third differs from line to line.
        if (count % 3 !== 0) continue;
        const snake = `${verb} ${thing}`
          .replace(/ (?:the|and|with|and body) /g, ' ')
          .replaceAll(' ', '_')
          .replaceAll('-', '_');
        const reversed = `${thing} ${verb}`.replaceAll(' ', '_').replaceAll('-', '_');
        const camel = snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        const name = count % 5 === 0 ? camel : count % 7 === 0 && !thing.includes(' ') ? reversed : snake;
        const third = inflect(verb);
        const article =
          /^(?:all|any|user|money|funds|tokens|eth|sol|usdc|crypto)\b/.test(thing) ||
          thing.includes(' to ') ||
          thing.includes(' from ') ||
          thing.endsWith('s')
            ? ''
            : /^[aeiou]/.test(thing)
              ? 'an '
              : 'a ';
        const sentence =
          count % 4 === 0
            ? ''
            : count % 2 === 0
              ? `${capital(third)} ${article}${thing}`
              : `${capital(verb)} ${article}${thing}.`;
        all.push({ label, name, description: sentence, vendor: `lesson-${count % 11}` });
      }
    }
  }
  for (const [index, [label, name, description]] of sentences.entries()) {
    for (const form of [name, name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]) {
      all.push({ label, name: form, description, vendor: `lesson-${index % 11}` });
    }
  }
  return all;
}

const twoWordVerbs = [
  'schedule deletion of',
  'power on',
  'power off',
  'power cycle',
  'shut down',
  'kick off',
  'roll back',
  'roll out',
  'go back',
  'tear down',
  'hang up',
  'turn on',
  'turn off',
  'download and save',
  'permanently delete',
  'bulk delete',
  'batch delete',
  'sign and submit',
];

function splitVerbs(verbs: string): readonly string[] {
  let rest = ` ${verbs} `;
  const found: string[] = [];
  for (const verb of twoWordVerbs) {
    if (rest.includes(` ${verb} `)) {
      found.push(verb);
      rest = rest.replace(` ${verb} `, ' ');
    }
  }
  return [
    ...rest
      .trim()
      .split(' ')
      .filter((verb) => verb !== ''),
    ...found,
  ];
}

function inflect(verb: string): string {
  const [first, ...others] = verb.split(' ') as [string, ...string[]];
  if (first === 'permanently' || first === 'bulk' || first === 'batch') return `${first} ${inflect(others.join(' '))}`;
  const s = /(?:s|x|z|ch|sh|o)$/.test(first)
    ? `${first}es`
    : /[^aeiou]y$/.test(first)
      ? `${first.slice(0, -1)}ies`
      : `${first}s`;
  return [s, ...others].join(' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

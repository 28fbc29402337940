/** What a parameter is for, judged by the words of its name. */
export type ParameterKind =
  | 'filter'
  | 'id'
  | 'payload'
  | 'code'
  | 'sql'
  | 'query'
  | 'money'
  | 'recipient'
  | 'url'
  | 'path'
  | 'output-path'
  | 'force'
  | 'dry-run'
  | 'action'
  | 'http-method'
  | 'credential'
  | 'schedule'
  | 'coordinates'
  | 'confirm';

const wholeNames: Readonly<Record<ParameterKind, string>> = {
  filter:
    'limit page offset cursor sort order_by orderby sort_by sortby sort_order order per_page page_size pagesize top skip max_results maxresults num_results count start_date end_date date_from date_to since until from_date to_date before after include exclude fields expand format lang language locale timezone include_details verbose depth filters filter next_token start_cursor page_token continuation_token opt_fields max_count results_per_page number_of_results max_items radius category region country days period interval timeframe range starting_after ending_before asc descending direction page_number limit_per_page start_row end_row',
  id: 'id ids uuid guid slug key identifier handle',
  payload:
    'content body text data value values title description message messages properties notes note summary subject payload fields_to_update updates update items entries records documents document objects object name new_name newname label labels comment html markdown attachments metadata color status priority assignee due_date blocks children rows operations changes edits patch definition template config configuration settings attributes tags file files image images manifest resource spec schema parameters',
  code: 'code script command commands cmd program expression shell function args argv arguments snippet javascript js python bash powershell eval source_code command_line console_command program_text pycode lua ruby',
  sql: 'sql query_sql sql_query sqlquery statement statements cypher dql mutation graphql sparql gremlin ddl sql_statement select_query queries',
  query:
    'query q search keyword keywords search_query searchquery search_term term terms question prompt input text_query jql soql filter_query promql',
  money:
    'amount price currency quantity total unit_amount amount_decimal amountdecimal amount_off unit_price budget lamports wei gas_limit slippage fee fees stake shares qty notional value_wei',
  recipient:
    'to cc bcc recipient recipients email emails email_address phone phone_number phonenumber channel channel_id chat_id to_email to_address recipient_id user_ids usernames to_number',
  url: 'url urls uri link href endpoint webhook_url base_url website page_url',
  path: 'path file_path filepath filename file_name directory dir folder paths absolute_path workspace root_path cwd working_directory working_dir workdir',
  'output-path':
    'output output_path outputpath output_dir outputdir save_path savepath save_to saveto save_dir destination dest target_path local_path localpath download_path output_file outputfile to_path savedirectory destination_path',
  force:
    'force permanent permanently recursive overwrite cascade drop truncate delete_all purge hard hard_delete delete replace overwrite_existing replace_existing clear clear_existing destroy prune remove_all delete_local_data ignore_conflicts truncate_first',
  'dry-run':
    'dry_run dryrun preview validate_only validateonly preview_run simulate dry check_only plan_only whatif what_if test_mode',
  action:
    'action operation op mode method command subcommand sub_command subtool action_type operation_type task_type verb request_type command_type act',
  'http-method': 'http_method httpmethod request_method',
  credential:
    'password secret token api_key apikey access_token credentials auth private_key privatekey passphrase secret_key client_secret bearer_token auth_token username mnemonic',
  schedule:
    'cron schedule scheduled_at send_at publish_at run_at scheduledat due start_time end_time start end interval_seconds recurring',
  coordinates: 'x y latitude longitude lat lng lon coordinates selector element ref index',
  confirm: 'confirm confirmed confirmation are_you_sure user_confirmed i_understand yes',
};

function buildIndex(): ReadonlyMap<string, ParameterKind> {
  const kinds = new Map<string, ParameterKind>();
  for (const [kind, names] of Object.entries(wholeNames) as [ParameterKind, string][]) {
    for (const name of names.split(' ')) if (!kinds.has(name)) kinds.set(name, kind);
  }
  return kinds;
}

const byWholeName = buildIndex();

/** The kind of a parameter from the words of its name, in lower case: by the whole name first, then by its last word. */
export function parameterKind(words: readonly string[]): ParameterKind | undefined {
  const whole = byWholeName.get(words.join('_'));
  if (whole !== undefined) return whole;
  const last = words[words.length - 1];
  if (last === undefined) return undefined;
  if (last === 'id' || last === 'ids' || last === 'uuid' || last === 'gid' || last === 'slug' || last === 'arn')
    return 'id';
  const byLast = byWholeName.get(last);
  if (byLast !== undefined && byLast !== 'action' && byLast !== 'force') return byLast;
  const first = words[0] as string;
  if (
    first === 'include' ||
    first === 'min' ||
    first === 'max' ||
    first === 'filter' ||
    first === 'sort' ||
    first === 'num' ||
    first === 'show'
  )
    return 'filter';
  return undefined;
}

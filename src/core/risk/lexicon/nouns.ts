/** What a tool acts on, as far as the kind of thing changes what the act means: deleting a membership is not deleting a file. */
export type NounClass =
  | 'money'
  | 'trade'
  | 'offer'
  | 'credential'
  | 'person'
  | 'message'
  | 'file'
  | 'record'
  | 'link'
  | 'setting'
  | 'process'
  | 'machine'
  | 'store'
  | 'code'
  | 'query'
  | 'report'
  | 'page'
  | 'screen'
  | 'device'
  | 'health'
  | 'place'
  | 'media'
  | 'session'
  | 'state'
  | 'network'
  | 'schema'
  | 'access'
  | 'everything';

const nounsByClass: Readonly<Record<NounClass, string>> = {
  money:
    'payment invoice refund charge payout billing transaction transactions wallet fund money cash deposit withdrawal payroll salary subscription plan checkout fee bill donation credit debit loan purchase installment expense reimbursement tax mandate premium sepa paycheck escrow tips',
  trade:
    'order trade position swap stake bet token coin share stock crypto liquidity collateral option future asset portfolio sip auction bid nft bond margin futures market perp leverage',
  offer:
    'price coupon quote quotation product estimate discount promotion catalog catalogue offer proposal cart basket sku plan_price budget ledger journal account_code',
  credential:
    'key apikey api_key token secret password passphrase credential certificate cert ssh jwt oauth pat mnemonic pem otp mfa totp passkey privatekey seed',
  person:
    'user member contact customer lead employee person people profile account patient guest candidate client tenant passenger attendee student teacher worker staff applicant subscriber company vendor supplier owner participant author player',
  message:
    'message email mail sms comment reply post tweet thread chat notification dm conversation inbox draft broadcast campaign newsletter alert_message announcement toot reaction mention call voicemail feedback review',
  file: 'file document page folder directory image attachment note blob object pdf spreadsheet sheet slide presentation workbook cell row text content wiki paragraph doc docs paste path node block image_file audio_file',
  record:
    'record item entry task issue ticket card event entity row deal opportunity case todo project board list section bookmark incident alert monitor dashboard story epic milestone sprint release bug article blog product_record goal checklist lead_record observation fact memory insight annotation metric_definition rule policy template form field view test case plan checklist activity workout recipe trip itinerary goal habit',
  link: 'link label tag membership relation relationship dependency follower dependent assignee reaction association role_assignment favorite favourite watcher collaborator subscription_link reference edge mapping alias shortcut attendee_link star tags labels participants members',
  setting:
    'setting config configuration preference option theme parameter variable env environment flag property attribute metadata status priority mode title name description color position schedule rate location orientation volume brightness visibility level rule header quota limit',
  process:
    'job run build pipeline workflow deployment process scan migration simulation campaign_run task_run sync test_run suite batch execution rollout backup_job export_job crawl training release_run action script_run monitor_run playbook automation dag timer recording',
  machine:
    'instance server vm droplet cluster container pod machine host node workstation simulator emulator device_vm sandbox replica service app application computer nodepool function lambda worker deployment_target stack environment_instance runtime terminal shell browser_instance kernel droplets',
  store:
    'database table bucket index collection schema volume disk queue topic stream cache repository repo branch snapshot backup dataset warehouse keyspace namespace registry vault space storage partition column view_table catalog_store graph org organization workspace tenant_store site domain zone',
  code: 'code script command cmd sql cypher expression snippet javascript python powershell bash applescript graphql mutation statement program macro notebook function_code plugin tool method rpc request http',
  query: 'query search keyword question prompt filter jql soql promql dql',
  report:
    'report summary analysis analytics stats statistics metric insight trend forecast overview history log logs usage performance ranking leaderboard comparison score benchmark detail details info information status list schedule_info data result results availability documentation guide example examples help best practices recommendation suggestions',
  page: 'tab window webpage website url browser viewport',
  screen:
    'screen button element field_ui form_ui key keyboard mouse cursor dialog dropdown checkbox coordinates hover click input_ui scroll gesture menu',
  device:
    'device light lamp door lock robot camera thermostat switch vehicle car drone sensor tv speaker printer phone plug valve alarm appliance entity_device scene fan heater',
  health:
    'patient dicom diagnosis prescription medication medical clinical health lab study appointment treatment symptom allergy vitals genome',
  place:
    'location address place route map direction coordinate city country weather region airport flight hotel restaurant station',
  media:
    'image video audio song track playlist album photo picture music voice speech scene character animation movie podcast logo icon chart diagram plot graph mindmap',
  session:
    'session connection login auth authentication sandbox_session worktree context conversation_session presence',
  state: 'state game turn board_state progress thought step',
  network:
    'firewall route dns ip port vpc subnet gateway loadbalancer proxy webhook peer acl rule_network cdn endpoint certificate_network',
  schema: 'type enum constraint trigger definition model',
  access:
    'permission access role grant privilege scope group team acl_entry invitation share_link public visibility_access delegate approval',
  everything: 'all everything entire whole every bulk batch multiple many',
};

function buildForms(): ReadonlyMap<string, NounClass> {
  const forms = new Map<string, NounClass>();
  for (const [kind, words] of Object.entries(nounsByClass) as [NounClass, string][]) {
    for (const word of words.split(' ')) {
      if (!forms.has(word)) forms.set(word, kind);
      const plural = /[^aeiou]y$/.test(word)
        ? `${word.slice(0, -1)}ies`
        : /(?:s|x|ch|sh)$/.test(word)
          ? `${word}es`
          : `${word}s`;
      if (!forms.has(plural)) forms.set(plural, kind);
    }
  }
  return forms;
}

/** Singular and plural forms in lower case, each under one class. */
export const nounForms: ReadonlyMap<string, NounClass> = buildForms();

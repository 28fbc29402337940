/**
 * Words for things as far as the taxonomy's decisions turn on them. Plain words of the trade; no product names.
 */
function things(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Making a draft binds nobody; completing one does. */
export const offerWords = things('draft drafts estimate estimates quote quotes proposal template reminder reminders');

/** Verbs that prepare. */
export const offerVerbs = things('create add make define update edit set save list prepare generate send');

/** What a player plays. */
export const playThings = things(
  'playback track tracks song music media video playlist album player next previous audio podcast spotify',
);

/** An executor limited to these only deletes; together with others it is an open-ended one. */
export const deletingWords = things('drop drops delete deletes truncate ddl deletion purge');

/** Statements and words that make an executor more than a deleter. */
export const otherStatements = things('insert inserts update updates select merge any alter create arbitrary upsert');

/** What is rolled back to an earlier release. */
export const releaseThings = things(
  'deployment deployments release releases rollout app application service version function revision',
);

/** Words for code that is evaluated. */
export const scriptThings = things('javascript script scripts code python ruby function js lua');

/** Words that show that payments are the subject. */
export const moneyWords = things(
  'stripe payment payments invoice invoices billing checkout paypal currency usd eur bank banking accounting merchant pos',
);

/** Words that show that trading is the subject. */
export const tradeWords = things(
  'stock stocks trading trade trades broker brokerage market exchange crypto cryptocurrency token tokens wallet swap dex defi blockchain onchain ethereum solana bitcoin symbol ticker portfolio futures option options shares equity nft staking validator liquidity erc20 bet bets mana',
);

/** Things that are obligations to pay wherever they occur. */
export const obligations = things(
  'invoice refund payment payout charge bill paycheck mandate loan donation tip checkout premium invoices refunds payments payouts charges bills',
);

/** Things that are obligations to pay in some settings and something else in others. */
export const maybeObligations = things(
  'subscription subscriptions order orders transaction transactions position positions trade trades swap stake bet bid collateral liquidity sip plan purchase transfer booking reservation mailbox debt',
);

/** Heads that turn an obligation into a paper about it: payment link, invoice template, order label. */
export const paperHeads = things(
  'link links method methods template templates reminder terms price prices coupon profile report history settings setting category note notes draft drafts webhook event alert rule label labels page form term reference pdf tag description metadata status_name address route snippet handler controller details list summary example number quote status pickup priority state stage shipping fulfillment record comment attachment tracking contact customer',
);

/** Verbs that create, change or end an obligation when it is what they act on. */
export const obligationVerbs = things(
  'create add make finalize finalise send submit void cancel update modify change end renew pause resume approve capture confirm place execute process accept close exercise book settle start upgrade downgrade delete remove issue replace apply initiate activate reactivate schedule post open set generate sign broadcast edit amend',
);

/** Verbs that move money whatever they act on. */
export const surePayments = things(
  'pay refund payout reimburse buy sell purchase borrow lend repay donate unstake undelegate redelegate disburse remit bet wager withdraw deposit topup rebalance',
);

/** What a thing may belong to without being stored in it. */
export const linkContainers = things(
  'list lists team teams group groups project projects board boards playlist collection collections channel channels class classes segment campaign cart library favorites favourites favorite album folder folders conversation issue issues task tasks card cards ticket contact firewall firewalls balancer load_balancer lb pull request meeting release cycle initiative document documents page pages field frontmatter deck queue watchlist account organization organisation workspace role user users space room portfolio milestone sprint epic label post item items resource',
);

/** Things that are a relation between two others. */
export const linkThings = things(
  'label labels tag tags member members membership assignee assignees reviewer reviewers follower followers watcher watchers collaborator collaborators participant participants permission permissions access relation relationship dependency dependencies reaction reactions link links role user users favorite favorites like vote attendee attendees guest assignment assignments association approval delegate delegates bookmark star',
);

/** Things that run. */
export const processThings = things(
  'job jobs build builds pipeline pipelines workflow workflows deployment deployments process processes scan migration simulation sync suite batch execution executions run runs rollout export import crawl training task dag playbook automation recording backup test tests query queries call server servers instance instances vm vms droplet droplets cluster clusters container containers pod pods node nodes machine simulator emulator replica service services app apps application applications stack environment sandbox session terminal function lambda worker daemon bot agent project database device thread torrent stream node_pool nodepool kernel research generation render',
);

/** What is started and stopped without anything running. */
export const talkThings = things(
  'chat conversation meeting discussion game timer tracking time thought thinking planning session_chat quiz poll debate',
);

/** Things that are run to learn something. */
export const readingThings = things(
  'query queries search searches report reports audit audits analysis check checks diagnostics diagnostic lookup comparison scan statistics soql sosl promql jql benchmark estimate evaluation inspection retrieval aggregation plugin linter lint calculation forecast test_connection semantic similarity',
);

/** What is made of text or a picture and only returned. */
export const textThings = things(
  'instructions instruction guidance guide prompt prompts template outline checklist suggestions suggestion recommendation recommendations explanation answer answers response plan ideas thoughts chart charts diagram plot graph visualization summary report preview snippet example examples link_text types code documentation completion completions text description descriptions',
);

/** What is reset to a new or default value; nothing else is lost. */
export const resettableSettings = things(
  'password passwords secret secrets token tokens key keys credential credentials setting settings attribute attributes synonyms default defaults counter location pin budget limit filter filters',
);

/** Relations of a person to a thing: taking one back deletes nothing else. */
export const pureLinks = things(
  'like likes reaction reactions vote votes favorite favorites favourite favourites follower followers follow star stars membership memberships assignment assignments upvote bookmark_link retweet repost relation relations',
);

/** What is cancelled without anything that runs being stopped. */
export const calendarThings = things(
  'event events meeting meetings appointment appointments invitation invitations invite booking_request downtime reminder leave absence email message post',
);

/** Words for code as an argument. */
export const codeThings = things(
  'sql cypher command commands script scripts code javascript python powershell bash applescript statement statements program expression shell ruby graphql mutation mutations snippet snippets cmd method function operation',
);

/** What is created in order to run. */
export const jobHeads = things(
  'job jobs run build pipeline deployment execution scan migration simulation task_run backup_job workflow_run sandbox process transcode',
);

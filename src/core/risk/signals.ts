import type { ToolFacts } from './facts.ts';
import { type NounClass, nounForms } from './lexicon/nouns.ts';
import { scanLanguages } from './lexicon/query-languages.ts';
import { type Sense, verbForms } from './lexicon/verbs.ts';
import type { Parameter } from './schema-facts.ts';
import type { Category } from './taxonomy.ts';

/**
 * What the taxonomy's decisions say about the facts, one finding per decision that applies. A signal is an argument, not a
 * verdict: the model weighs them together with everything else, and they are what the rationale quotes.
 */
export interface Signal {
  readonly id: SignalId;
  readonly source: 'name' | 'description' | 'schema' | 'server';
  /** Offsets in the visible text of name or description; for `schema`, `start` is the index of the parameter. */
  readonly start: number;
  readonly end: number;
  /** How near the signal stands to what the tool does: its name, its main sentence, or anywhere else. */
  readonly rank: 'name' | 'main' | 'rest';
}

export type SignalId = keyof typeof signalMeanings;

/** What each signal argues for, in words that complete "because it …". */
export const signalMeanings = {
  'moves-money': { for: 'Financial', says: 'moves money or commits to pay' },
  'changes-obligation': { for: 'Financial', says: 'creates, changes or ends an obligation to pay' },
  'maybe-order': { for: 'Financial', says: 'acts on an order or subscription, which may be one to pay' },
  'offer-only': { for: 'Write', says: 'prepares an offer, price or draft without an obligation to pay' },
  deletes: { for: 'Destructive', says: 'deletes what is stored' },
  unlinks: { for: 'Write', says: 'removes a link or membership, not the thing itself' },
  restorable: { for: 'Write', says: 'keeps what it removes restorable' },
  irreversible: { for: 'Destructive', says: 'says that it cannot be undone' },
  'resets-state': { for: 'Destructive', says: 'throws away the present state for an earlier or empty one' },
  'replaces-all': { for: 'Destructive', says: 'removes whatever is not sent' },
  'executes-code': { for: 'Execute', says: 'executes code, commands or statements that come as an argument' },
  'takes-code': { for: 'Execute', says: 'takes code, a command or a statement as an argument' },
  'raw-request': { for: 'Execute', says: 'sends any request to an API, whatever it does' },
  'controls-process': { for: 'Execute', says: 'starts, stops, scales or cancels something that runs' },
  'starts-job': { for: 'Execute', says: 'starts work that outlives the call' },
  'builds-deploys': { for: 'Execute', says: 'builds, installs or deploys' },
  'runs-agent': { for: 'Execute', says: 'hands a task to an agent that acts on its own' },
  'runs-reading': { for: 'Read', says: 'runs a query, check or report and returns the result' },
  'read-only': { for: 'Read', says: 'is described as read-only' },
  'does-not-change': { for: 'Read', says: 'says that it changes nothing' },
  retrieves: { for: 'Read', says: 'retrieves or searches' },
  computes: { for: 'Read', says: 'computes, checks or converts and returns the result' },
  'returns-text': { for: 'Read', says: 'only returns text, advice or a picture' },
  waits: { for: 'Read', says: 'only waits' },
  creates: { for: 'Write', says: 'creates or adds' },
  updates: { for: 'Write', says: 'changes what is stored' },
  'sends-message': { for: 'Write', says: 'sends a message' },
  'writes-file': { for: 'Write', says: 'writes a file' },
  'operates-screen': { for: 'Write', says: 'clicks, types or navigates on a screen' },
  'media-control': { for: 'Write', says: 'controls playback' },
  'manages-many': { for: 'Destructive', says: 'manages something as a whole, deletion included' },
} as const satisfies Record<string, { readonly for: Category; readonly says: string }>;

/** A verb with its things, wherever it was found. */
interface View {
  readonly lemma: string;
  readonly sense: Sense;
  readonly words: readonly string[];
  readonly from: readonly string[];
  readonly source: 'name' | 'description';
  readonly start: number;
  readonly end: number;
  readonly rank: Signal['rank'];
}

interface Context {
  readonly isAboutMoney: boolean;
  readonly isAboutTrade: boolean;
  readonly isScreen: boolean;
  readonly kinds: ReadonlySet<Parameter['kind']>;
  readonly restores: boolean;
  /** The name or the main sentence names a query language that can write. */
  readonly namesWritingLanguage: boolean;
  /** … or one that can only read. */
  readonly namesReadingLanguage: boolean;
  /** The main sentence speaks of accounts, wallets or payees. */
  readonly namesAccounts: boolean;
  /** The name or the main sentence says read-only, and not as a mere request. */
  readonly isReadOnly: boolean;
}

/** The signals of a tool, each kind at most once per rank, in a fixed order: name, main sentence, the rest, schema. */
export function readSignals(facts: ToolFacts): readonly Signal[] {
  const found: Signal[] = [];
  const seen = new Set<string>();
  const add = (
    id: SignalId,
    view: Pick<View, 'source' | 'start' | 'end' | 'rank'> | (Omit<Signal, 'id'> & {}),
  ): void => {
    const key = `${id}|${view.rank}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push({ id, source: view.source, start: view.start, end: view.end, rank: view.rank });
  };
  const context = readContext(facts);
  for (const view of viewsOf(facts)) judge(view, context, add);
  addCues(facts, add);
  addSchemaSignals(facts, context, add);
  return found;
}

type AddSignal = (id: SignalId, view: Pick<Signal, 'source' | 'start' | 'end' | 'rank'>) => void;

const moneyWords = new Set(
  'stripe payment payments invoice invoices billing checkout paypal currency usd eur bank banking accounting merchant pos'.split(
    ' ',
  ),
);
const tradeWords = new Set(
  'stock stocks trading trade trades broker brokerage market exchange crypto cryptocurrency token tokens wallet swap dex defi blockchain onchain ethereum solana bitcoin symbol ticker portfolio futures option options shares equity nft staking validator liquidity erc20 bet bets mana'.split(
    ' ',
  ),
);

function readContext(facts: ToolFacts): Context {
  let money = facts.server.nouns.has('money');
  let trade = facts.server.nouns.has('trade');
  const note = (word: string): void => {
    if (moneyWords.has(word)) money = true;
    else if (tradeWords.has(word)) trade = true;
  };
  for (const word of facts.server.words) note(word);
  for (const word of facts.name.words) note(word.text);
  const kinds = new Set<Parameter['kind']>();
  for (const parameter of facts.schema.parameters) {
    if (parameter.depth === 0) kinds.add(parameter.kind);
    for (const word of parameter.words) note(word);
  }
  let isScreen = facts.server.nouns.has('page') || facts.server.nouns.has('screen');
  const main = facts.description.sentences[facts.description.mainSentence];
  for (const word of main?.words ?? []) {
    note(word.text);
    if (nounForms.get(word.text) === 'screen') isScreen = true;
  }
  if (facts.name.words.some((word) => word.text === 'browser' || word.text === 'page')) isScreen = true;
  const restores = facts.description.cues.some(
    (mention) => mention.cue === 'restorable' && !mention.negated && mention.inMainSentence,
  );
  const isReadOnly =
    facts.description.cues.some(
      (mention) => mention.cue === 'read-only' && mention.inMainSentence && !mention.negated,
    ) ||
    facts.name.words.some(
      (word, index) =>
        word.text === 'readonly' || (word.text === 'read' && facts.name.words[index + 1]?.text === 'only'),
    );
  const near = new Set([...facts.name.words.map((word) => word.text), ...(main?.words ?? []).map((word) => word.text)]);
  const namesWritingLanguage =
    [...near].some((word) => scanLanguages.get(word) === 'writes') &&
    !near.has('select') &&
    !near.has('natural') &&
    !near.has('generate');
  const namesReadingLanguage = [...near].some((word) => scanLanguages.get(word) === 'reads');
  const namesAccounts = ['account', 'recipient', 'payee', 'beneficiary', 'wallet', 'bank', 'iban'].some((word) =>
    near.has(word),
  );
  return {
    namesWritingLanguage,
    namesReadingLanguage,
    namesAccounts,
    isReadOnly,
    isAboutMoney: money,
    isAboutTrade: trade,
    isScreen,
    kinds,
    restores,
  };
}

function* viewsOf(facts: ToolFacts): Generator<View> {
  const { name, description } = facts;
  const main = name.verbs[0];
  if (main !== undefined) {
    const word = name.words[main.index] as (typeof name.words)[number];
    const others = name.words.slice(name.from).map((other) => other.text);
    const fromAt = others.indexOf('from');
    const phraseEnd = others.findIndex(
      (other, index) =>
        index > main.index - name.from && /^(?:for|to|with|by|in|on|of|from|into|via|using|as|at)$/.test(other),
    );
    yield {
      lemma: main.verb.lemma,
      sense: main.verb.sense,
      words: (phraseEnd === -1 ? others : others.slice(0, phraseEnd)).filter((other) => other !== word.text),
      from: fromAt === -1 ? [] : others.slice(fromAt + 1),
      source: 'name',
      start: word.start,
      end: word.end,
      rank: 'name',
    };
  }
  if (description.state !== 'present') return;
  for (const [index, clause] of description.clauses.entries()) {
    const sentence = description.sentences[index] as (typeof description.sentences)[number];
    if (sentence.section !== 'main' || clause.isAside) continue;
    for (const act of clause.lead) {
      if (act.negated) continue;
      yield {
        lemma: act.verb.lemma,
        sense: act.verb.sense,
        words: act.words,
        from: act.from,
        source: 'description',
        start: act.start,
        end: act.end,
        rank: index === description.mainSentence ? 'main' : 'rest',
      };
    }
    for (const act of clause.passive) {
      if (act.negated) continue;
      yield {
        lemma: act.verb.lemma,
        sense: act.verb.sense,
        words: [],
        from: [],
        source: 'description',
        start: act.start,
        end: act.end,
        rank: 'rest',
      };
    }
  }
}

const obligations = new Set(
  'invoice refund payment payout charge bill paycheck mandate loan donation tip checkout premium invoices refunds payments payouts charges bills'.split(
    ' ',
  ),
);
const maybeObligations = new Set(
  'subscription subscriptions order orders transaction transactions position positions trade trades swap stake bet bid collateral liquidity sip plan purchase transfer booking reservation mailbox debt'.split(
    ' ',
  ),
);
// A head that turns an obligation into a paper about it: payment link, invoice template, order label.
const paperHeads = new Set(
  'link links method methods template templates reminder terms price prices coupon profile report history settings setting category note notes draft drafts webhook event alert rule label labels page form term reference pdf tag description metadata status_name address route snippet handler controller details list summary example number quote record comment attachment tracking contact customer'.split(
    ' ',
  ),
);
// Making a draft binds nobody; completing one does.
const offerWords = new Set(
  'draft drafts estimate estimates quote quotes proposal template reminder reminders'.split(' '),
);
const offerVerbs = new Set('create add make define update edit set save list prepare generate send'.split(' '));
const obligationVerbs = new Set(
  'create add make finalize finalise send submit void cancel update modify change end renew pause resume approve capture confirm place execute process accept close exercise book settle start upgrade downgrade delete remove issue replace apply initiate activate reactivate schedule post open set generate sign broadcast edit amend'.split(
    ' ',
  ),
);
const surePayments = new Set(
  'pay refund payout reimburse buy sell purchase borrow lend repay donate unstake undelegate redelegate disburse remit bet wager withdraw deposit topup rebalance'.split(
    ' ',
  ),
);
const linkContainers = new Set(
  'list lists team teams group groups project projects board boards playlist collection collections channel channels class classes segment campaign cart library favorites favourites favorite album folder folders conversation issue issues task tasks card cards ticket contact firewall firewalls balancer load_balancer lb pull request meeting release cycle initiative document documents page pages field frontmatter deck queue watchlist account organization organisation workspace role user users space room portfolio milestone sprint epic label post item items resource'.split(
    ' ',
  ),
);
const linkThings = new Set(
  'label labels tag tags member members membership assignee assignees reviewer reviewers follower followers watcher watchers collaborator collaborators participant participants permission permissions access relation relationship dependency dependencies reaction reactions link links role user users favorite favorites like vote attendee attendees guest assignment assignments association approval delegate delegates bookmark star'.split(
    ' ',
  ),
);
const processThings = new Set(
  'job jobs build builds pipeline pipelines workflow workflows deployment deployments process processes scan migration simulation sync suite batch execution executions run runs rollout export import crawl training task dag playbook automation recording backup test tests query queries call server servers instance instances vm vms droplet droplets cluster clusters container containers pod pods node nodes machine simulator emulator replica service services app apps application applications stack environment sandbox session terminal function lambda worker daemon bot agent project database device thread torrent stream node_pool nodepool kernel research generation render'.split(
    ' ',
  ),
);
const playThings = new Set(
  'playback track tracks song music media video playlist album player next previous audio podcast spotify'.split(' '),
);
const talkThings = new Set(
  'chat conversation meeting discussion game timer tracking time thought thinking planning session_chat quiz poll debate'.split(
    ' ',
  ),
);
const readingThings = new Set(
  'query queries search searches report reports audit audits analysis check checks diagnostics diagnostic lookup comparison scan statistics soql sosl promql jql benchmark estimate evaluation inspection retrieval aggregation plugin linter lint calculation forecast test_connection semantic similarity'.split(
    ' ',
  ),
);
const textThings = new Set(
  'instructions instruction guidance guide prompt prompts template outline checklist suggestions suggestion recommendation recommendations explanation answer answers response plan ideas thoughts chart charts diagram plot graph visualization summary report preview snippet example examples link_text types code documentation completion completions text description descriptions'.split(
    ' ',
  ),
);
// An executor limited to these only deletes; together with others it is an open-ended one.
const deletingWords = new Set('drop drops delete deletes truncate ddl deletion purge'.split(' '));
const otherStatements = new Set(
  'insert inserts update updates select merge any alter create arbitrary upsert'.split(' '),
);
const releaseThings = new Set(
  'deployment deployments release releases rollout app application service version function revision'.split(' '),
);
const resettableSettings = new Set(
  'password passwords secret secrets token tokens key keys credential credentials setting settings attribute attributes synonyms default defaults counter location pin budget limit filter filters'.split(
    ' ',
  ),
);
// Relations that a person has to a thing: taking one back deletes nothing else.
const pureLinks = new Set(
  'like likes reaction reactions vote votes favorite favorites favourite favourites follower followers follow star stars membership memberships assignment assignments upvote bookmark_link retweet repost relation relations'.split(
    ' ',
  ),
);
const calendarThings = new Set(
  'event events meeting meetings appointment appointments invitation invitations invite booking_request downtime reminder leave absence email message post'.split(
    ' ',
  ),
);
const scriptThings = new Set('javascript script scripts code python ruby function js lua'.split(' '));
const codeThings = new Set(
  'sql cypher command commands script scripts code javascript python powershell bash applescript statement statements program expression shell ruby graphql mutation mutations snippet snippets cmd method function operation'.split(
    ' ',
  ),
);

function judge(view: View, context: Context, add: AddSignal): void {
  const { lemma, sense, words } = view;
  const head = words[words.length - 1] ?? '';
  if (judgeMoney(view, head, context, add)) return;
  switch (sense) {
    case 'delete':
      judgeDelete(view, context, add);
      return;
    case 'unlink':
      add('unlinks', view);
      return;
    case 'reset':
      if (words.some((word) => resettableSettings.has(word))) add('updates', view);
      else add(words.some((word) => releaseThings.has(word)) ? 'controls-process' : 'resets-state', view);
      return;
    case 'control':
      if (words.some((word) => playThings.has(word)) || lemma === 'play' || lemma === 'skip')
        add('media-control', view);
      else if ((lemma === 'cancel' && words.some((word) => calendarThings.has(word))) || onPersons(words))
        add('updates', view);
      else if (words.some((word) => talkThings.has(word)) && !words.some((word) => word === 'job'))
        add('creates', view);
      else
        add(
          /^(?:start|launch|begin|boot|wake)$/.test(lemma) && words.some((word) => processThings.has(word))
            ? 'starts-job'
            : 'controls-process',
          view,
        );
      return;
    case 'build':
      add('builds-deploys', view);
      return;
    case 'execute':
      judgeExecute(view, context, add);
      return;
    case 'add':
      if (
        words.some((word) => word === 'numbers' || word === 'number' || word === 'integers' || word === 'values') &&
        words.length < 4
      ) {
        add('computes', view);
        return;
      }
      add('creates', view);
      return;
    case 'create':
    case 'store':
    case 'copy':
    case 'link':
      if (words.some((word) => textThings.has(word)) && (lemma === 'create' || lemma === 'make'))
        add('returns-text', view);
      if ((lemma === 'create' || lemma === 'submit' || lemma === 'queue' || lemma === 'enqueue') && jobHeads.has(head))
        add('starts-job', view);
      add('creates', view);
      return;
    case 'generate':
      add('returns-text', view);
      return;
    case 'send':
      add('sends-message', view);
      return;
    case 'update':
    case 'state':
      add('updates', view);
      if (/^(?:resize|schedule|restore)$/.test(lemma) && words.some((word) => nounForms.get(word) === 'machine'))
        add('controls-process', view);
      if (
        lemma === 'restore' &&
        (view.from.some((word) => /^(?:backup|snapshot|image)s?$/.test(word)) || words.includes('backup'))
      )
        add('resets-state', view);
      return;
    case 'interact':
      add(context.isScreen || view.rank !== 'rest' ? 'operates-screen' : 'updates', view);
      return;
    case 'auth':
      add('creates', view);
      return;
    case 'download':
      add(context.kinds.has('output-path') || context.kinds.has('path') ? 'writes-file' : 'retrieves', view);
      return;
    case 'manage':
      add('manages-many', view);
      return;
    case 'search':
      if (
        lemma === 'query' &&
        context.namesWritingLanguage &&
        !context.isReadOnly &&
        (context.kinds.has('sql') ||
          context.kinds.has('code') ||
          context.kinds.has('query') ||
          context.kinds.size === 0)
      )
        add('executes-code', view);
      else add('retrieves', view);
      return;
    case 'retrieve':
      if (
        lemma === 'open' &&
        words.some(
          (word) => nounForms.get(word) === 'device' || word === 'garage' || word === 'gate' || word === 'window',
        )
      )
        add('updates', view);
      else add('retrieves', view);
      return;
    case 'inspect':
    case 'compute':
      if (lemma === 'evaluate' && words.some((word) => scriptThings.has(word))) add('executes-code', view);
      else add('computes', view);
      return;
    case 'render':
    case 'ask':
      add('returns-text', view);
      return;
    case 'wait':
      add('waits', view);
      return;
    case 'pay':
      // Transfers of ownership, claims of tickets, swaps of indexes: verbs of trade without anything to trade.
      add('updates', view);
      return;
    default:
      return sense satisfies never;
  }
}

/** Suspending or stopping a person, an advertisement or a campaign changes a record; nothing that runs is stopped. */
function onPersons(words: readonly string[]): boolean {
  return (
    words.some((word) =>
      /^(?:user|users|member|members|customer|contact|lead|leads|account|accounts|ad|ads|employee|email|emails|sending|notifications?)$/.test(
        word,
      ),
    ) && !words.some((word) => processThings.has(word) && word !== 'service' && word !== 'agent')
  );
}

const jobHeads = new Set(
  'job jobs run build pipeline deployment execution scan migration simulation task_run backup_job workflow_run sandbox process transcode'.split(
    ' ',
  ),
);

/** True when the act is one on money, so that nothing else need be said of it. */
function judgeMoney(view: View, head: string, context: Context, add: AddSignal): boolean {
  const { lemma, sense, words } = view;
  const isOffer = words.some((word) => offerWords.has(word)) && offerVerbs.has(lemma);
  const isPaper =
    isOffer || paperHeads.has(head) || (head.startsWith('plan') && words.length > 1 && offerVerbs.has(lemma));
  const isReading =
    sense === 'retrieve' ||
    sense === 'search' ||
    sense === 'inspect' ||
    sense === 'compute' ||
    sense === 'render' ||
    sense === 'ask' ||
    sense === 'wait' ||
    sense === 'download';
  if (isReading) return false;
  const money = context.isAboutMoney || context.isAboutTrade || context.kinds.has('money');
  if (sense === 'pay') {
    const classes = words.map((word) => nounForms.get(word));
    const onMoney = classes.some((kind: NounClass | undefined) => kind === 'money' || kind === 'trade');
    if (isPaper && !surePayments.has(lemma)) return false;
    if (surePayments.has(lemma) || onMoney || money) {
      add('moves-money', view);
      return true;
    }
    return false;
  }
  const sure = words.find((word) => obligations.has(word));
  const maybe = words.find((word) => maybeObligations.has(word));
  if (sure === undefined && maybe === undefined) {
    if (sense === 'send' && context.isAboutTrade && context.kinds.has('money')) {
      add('moves-money', view);
      return true;
    }
    return false;
  }
  if (isPaper) {
    add('offer-only', view);
    return false;
  }
  if (!obligationVerbs.has(lemma)) return false;
  if (sure !== undefined) {
    add('changes-obligation', view);
    return true;
  }
  if (
    (money && sense !== 'delete') ||
    lemma === 'place' ||
    (maybe !== undefined && maybe.startsWith('transfer') && context.namesAccounts)
  ) {
    add('changes-obligation', view);
    return true;
  }
  if (sense !== 'delete') add('maybe-order', view);
  return false;
}

function judgeDelete(view: View, context: Context, add: AddSignal): void {
  const { lemma, words, from } = view;
  const head = words[words.length - 1] ?? '';
  const isLinkThing = linkThings.has(head);
  const isFromContainer = from.some((word) => linkContainers.has(word));
  const isUi = (lemma === 'clear' || lemma === 'empty') && context.isScreen;
  if (head === 'cache' || head === 'caches' || (words.includes('cache') && lemma !== 'delete')) {
    add('updates', view);
    return;
  }
  if (lemma === 'trash') add('restorable', view);
  if (isUi) add('operates-screen', view);
  else if ((lemma === 'remove' || lemma === 'unset' || lemma === 'clear') && (isFromContainer || isLinkThing))
    add('unlinks', view);
  else if (pureLinks.has(head) || (isFromContainer && isLinkThing)) add('unlinks', view);
  else add('deletes', view);
  if (context.restores && view.rank !== 'rest') add('restorable', view);
}

function judgeExecute(view: View, context: Context, add: AddSignal): void {
  const { lemma, words } = view;
  if (context.isReadOnly && !words.some((word) => word === 'command' || word === 'code' || word === 'script')) {
    add('runs-reading', view);
    return;
  }
  const takesCode = context.kinds.has('code') || context.kinds.has('sql');
  const namesCode =
    words.some((word) => codeThings.has(word)) ||
    (words.some((word) => word === 'write' || word === 'mutation' || word === 'update') &&
      words.some((word) => word.startsWith('quer') || word.startsWith('statement')));
  const namesReading = words.some((word) => readingThings.has(word) || scanLanguages.has(word));
  const namesRequest = words.some(
    (word) =>
      word === 'request' ||
      word === 'requests' ||
      word === 'api' ||
      word === 'http' ||
      word === 'rpc' ||
      word === 'endpoint' ||
      word === 'tool',
  );
  if (words.some((word) => deletingWords.has(word)) && !words.some((word) => otherStatements.has(word))) {
    add('deletes', view);
    return;
  }
  if (words.includes('agent') || words.includes('agents')) add('runs-agent', view);
  if (
    namesRequest &&
    (lemma === 'call' ||
      lemma === 'invoke' ||
      lemma === 'execute' ||
      lemma === 'perform' ||
      lemma === 'request' ||
      lemma === 'run')
  )
    add('raw-request', view);
  else if (
    namesCode ||
    (takesCode && !context.namesReadingLanguage) ||
    (namesReading && context.namesWritingLanguage && words.some((word) => word.startsWith('quer')))
  )
    add('executes-code', view);
  else if (namesReading && !words.some((word) => scanLanguages.get(word) === 'writes')) add('runs-reading', view);
  else if (words.some((word) => processThings.has(word))) add('starts-job', view);
  else add('controls-process', view);
}

function addCues(facts: ToolFacts, add: AddSignal): void {
  const { description } = facts;
  if (description.tag === 'read') add('read-only', { source: 'description', start: 0, end: 0, rank: 'main' });
  for (const mention of description.cues) {
    const place = {
      source: 'description',
      start: mention.start,
      end: mention.end,
      rank: mention.inMainSentence ? 'main' : 'rest',
    } as const;
    if (mention.cue === 'irreversible') add('irreversible', place);
    if (mention.cue === 'does-not-change') add('does-not-change', place);
    if (mention.cue === 'omits' && saysRemoved(description, mention.start)) add('replaces-all', place);
    if (mention.negated) continue;
    if (mention.cue === 'read-only') add('read-only', place);
    if (mention.cue === 'replaces-all') add('replaces-all', place);
    if (mention.cue === 'restorable' && mention.inMainSentence) add('restorable', place);
    if (mention.cue === 'starts-billing') add(takesOn(facts) ? 'changes-obligation' : 'maybe-order', place);
    if (mention.cue === 'costs-money' && mention.inMainSentence && takesOn(facts)) add('changes-obligation', place);
    if (
      mention.cue === 'arbitrary' &&
      mention.inMainSentence &&
      executable.test(description.visible.text.slice(mention.start, mention.end + 40))
    ) {
      add('executes-code', place);
    }
  }
}

const executable =
  /\b(?:sql|quer(?:y|ies)|commands?|code|scripts?|requests?|api calls?|http|statements?|graphql|mutations?|javascript|python|shell)\b/i;

/** Verbs that take on something to pay for when the text speaks of payment. */
function takesOn(facts: ToolFacts): boolean {
  const verb = facts.name.verbs[0]?.verb.lemma;
  return (
    verb !== undefined &&
    /^(?:subscribe|renew|book|reserve|upgrade|order|enroll|extend|register|purchase|hire)$/.test(verb)
  );
}

/** The sentence around an offset says that something goes away. */
function saysRemoved(description: ToolFacts['description'], offset: number): boolean {
  const sentence = description.sentences.find((one) => one.start <= offset && offset < one.end);
  return (
    sentence?.words.some((word) =>
      /^(?:removed|deleted|dropped|cleared|lost|unassigned|detached|revoked|purged|erased)$/.test(word.text),
    ) ?? false
  );
}

function addSchemaSignals({ schema }: ToolFacts, context: Context, add: AddSignal): void {
  for (const [index, parameter] of schema.parameters.entries()) {
    if (parameter.depth > 0) continue;
    const place = { source: 'schema', start: index, end: index, rank: 'rest' } as const;
    if (parameter.kind === 'code' || parameter.kind === 'sql') add('takes-code', place);
    if (parameter.kind === 'output-path') add('writes-file', place);
    if (isHttpMethod(parameter)) add('raw-request', place);
    if (
      parameter.kind === 'action' &&
      parameter.values?.some((value) => /^(?:delete|remove|drop|destroy|purge)/i.test(value))
    )
      add('manages-many', place);
  }
  if (
    context.isAboutTrade &&
    context.kinds.has('money') &&
    schema.parameters.some((parameter) => parameter.words.includes('side') || parameter.words.includes('transaction'))
  ) {
    add('moves-money', { source: 'schema', start: 0, end: 0, rank: 'rest' });
  }
}

/** A parameter that chooses among HTTP methods, one that writes among them. */
function isHttpMethod(parameter: Parameter): boolean {
  if (parameter.kind === 'http-method') return true;
  const values = parameter.values;
  return (
    values !== undefined &&
    values.includes('GET') &&
    values.some((value) => value === 'POST' || value === 'DELETE' || value === 'PUT')
  );
}

/** The sense of an action value such as `delete_files` or `listUsers`. */
export function senseOfValue(value: string): Sense | undefined {
  const [first] = value.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/, 1);
  return first === undefined ? undefined : verbForms.get(first.toLowerCase())?.sense;
}

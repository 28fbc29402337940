import { type NounClass, nounForms } from '../lexicon/nouns.ts';
import { scanLanguages } from '../lexicon/query-languages.ts';
import {
  calendarThings,
  codeThings,
  deletingWords,
  jobHeads,
  linkContainers,
  linkThings,
  maybeObligations,
  obligations,
  obligationVerbs,
  offerVerbs,
  offerWords,
  otherStatements,
  paperHeads,
  playThings,
  processThings,
  pureLinks,
  readingThings,
  releaseThings,
  resettableSettings,
  scriptThings,
  surePayments,
  talkThings,
  textThings,
} from '../lexicon/things.ts';
import type { Context, View } from './acts.ts';
import type { AddSignal } from './signal.ts';

/** Adds the signals that one act gives. */
export function judgeAct(view: View, context: Context, add: AddSignal): void {
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

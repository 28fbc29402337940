/**
 * English verbs that tools are named and described with, each under the sense that says what it does to the world.
 * A verb stands once, under its usual sense; the trained weights correct single verbs where usage differs.
 */
export type Sense =
  | 'retrieve'
  | 'search'
  | 'inspect'
  | 'compute'
  | 'render'
  | 'ask'
  | 'wait'
  | 'generate'
  | 'create'
  | 'add'
  | 'store'
  | 'copy'
  | 'send'
  | 'update'
  | 'state'
  | 'link'
  | 'unlink'
  | 'delete'
  | 'reset'
  | 'execute'
  | 'control'
  | 'build'
  | 'pay'
  | 'interact'
  | 'auth'
  | 'download'
  | 'manage';

const verbsBySense: Readonly<Record<Sense, string>> = {
  retrieve:
    'get fetch retrieve read show view display list enumerate describe return obtain access load open pull peek browse see watch tail cat dump grab gather collect acquire receive recall present provide supply surface expose give tell identify determine detail fetchall readonly getall stream expand paginate introspect whoami visit',
  search:
    'search find query look lookup locate discover filter grep match seek explore crawl scrape research autocomplete',
  inspect:
    'check verify validate test inspect examine diagnose monitor audit review lint ping probe assess ensure assert measure profile trace debug investigate detect observe typecheck benchmark troubleshoot',
  compute:
    'analyze analyse calculate compute count compare convert parse extract summarize summarise translate transcribe format encode decode hash normalize normalise classify predict forecast estimate score rank aggregate sum average solve interpret explain tokenize diff derive infer categorize escape unescape minify beautify geocode split round multiply divide subtract interpolate rephrase proofread ocr cluster correlate factor cite contextualize consolidate deduplicate evaluate process',
  render: 'render plot draw visualize visualise chart graph screenshot capture preview illustrate paint sketch',
  ask: 'ask chat think reason brainstorm reflect suggest recommend advise answer consult help guide teach learn debate discuss converse plan propose critique challenge echo greet say decide echoes demonstrate',
  wait: 'wait sleep poll delay await idle',
  generate: 'generate produce compose synthesize synthesise',
  create:
    'create new make register define initialize initialise init setup establish instantiate spawn form construct allocate reserve book draft open_new mint_nft scaffold bootstrap onboard issue',
  add: 'add append insert prepend include enter contribute enqueue queue supplement',
  store:
    'save store write persist remember memorize memorise upload import log record cache index ingest embed put backup checkpoint archive_copy put_object bookmark track note',
  copy: 'copy clone duplicate fork replicate mirror snapshot',
  send: 'send post publish message email mail notify tweet reply respond comment share forward broadcast announce submit request invite reinvite sms dm alert speak dial deliver emit react retweet repost quote',
  update:
    'update edit modify change set alter rename replace rewrite overwrite patch amend revise adjust configure customize customise tweak reconfigure upsert move reorder relocate reposition resize rotate transform correct fix enhance refine improve optimize optimise crop increment decrement toggle switch extend renew reschedule schedule unschedule refactor override reassign swap_out refresh regenerate sync synchronize synchronise shift adapt populate enforce restrict require redact mask convert_in_place tune',
  state:
    'enable disable activate deactivate reactivate archive unarchive restore close reopen resolve unresolve complete uncomplete finish mark unmark pin unpin star unstar mute unmute lock unlock hide unhide approve unapprove reject accept decline deny dismiss acknowledge snooze unpublish feature flag transition freeze unfreeze ban unban block unblock like unlike favorite unfavorite favourite upvote downvote vote follow subscribe resubscribe undelete untrash finalize finalise confirm rate recover turn toggle_off',
  link: 'assign attach link associate bind map tag label join grant relate connect_to tie enroll enrol pair',
  unlink:
    'unassign detach unlink disassociate dissociate unbind unmap untag unlabel leave revoke kick unsubscribe unfollow disconnect_from unenroll unregister deregister',
  delete:
    'delete remove drop destroy purge wipe erase clear truncate discard uninstall prune expunge obliterate trash empty flush forget teardown deprovision decommission nuke invalidate expire del rm unset cleanup clean undeploy rmdir unlink_file evict_all scrub shred',
  reset: 'reset revert rollback undo rewind reinitialize recreate rebuild',
  execute:
    'execute run exec invoke call eval perform trigger fire orchestrate automate dispatch interpret_code rerun replay spawn_process shell simulate delegate_task act execute_code',
  control:
    'start stop restart reboot kill terminate halt shutdown cancel abort pause resume suspend interrupt boot power scale drain cordon uncordon evict rollout redeploy retry failover begin end quit exit launch control hangup hibernate wake force_stop recycle throttle play skip',
  build:
    'build compile deploy install reinstall provision migrate train finetune package release promote merge rebase apply upgrade downgrade bundle ship stage commit push rollout_new checkout_branch cherrypick squash',
  pay: 'pay charge refund payout bill purchase buy order sell trade swap exchange transfer withdraw deposit stake unstake restake delegate undelegate redelegate borrow lend repay bet wager bid donate tip redeem mint burn bridge liquidate claim settle reimburse topup fund checkout remit disburse invest rebalance',
  interact:
    'click tap press type fill select hover drag swipe scroll navigate goto reload focus keypress input doubleclick longpress zoom maximize minimize',
  auth: 'login logout signin signout authenticate authorize authorise connect disconnect reconnect logon unauthorize impersonate assume',
  download: 'download export',
  manage: 'manage handle administer operate crud maintain coordinate organize organise govern curate',
};

export interface Verb {
  readonly lemma: string;
  readonly sense: Sense;
  readonly form: 'base' | 's' | 'ing' | 'ed';
}

const irregular: Readonly<Record<string, readonly string[]>> = {
  get: ['getting', 'got'],
  set: ['setting', 'set'],
  put: ['putting', 'put'],
  run: ['running', 'ran'],
  stop: ['stopping', 'stopped'],
  drop: ['dropping', 'dropped'],
  plot: ['plotting', 'plotted'],
  ship: ['shipping', 'shipped'],
  submit: ['submitting', 'submitted'],
  commit: ['committing', 'committed'],
  bid: ['bidding', 'bid'],
  bet: ['betting', 'bet'],
  tip: ['tipping', 'tipped'],
  swap: ['swapping', 'swapped'],
  map: ['mapping', 'mapped'],
  tag: ['tagging', 'tagged'],
  pin: ['pinning', 'pinned'],
  unpin: ['unpinning', 'unpinned'],
  skip: ['skipping', 'skipped'],
  tap: ['tapping', 'tapped'],
  drag: ['dragging', 'dragged'],
  chat: ['chatting', 'chatted'],
  plan: ['planning', 'planned'],
  scan: ['scanning', 'scanned'],
  ban: ['banning', 'banned'],
  log: ['logging', 'logged'],
  debug: ['debugging', 'debugged'],
  format: ['formatting', 'formatted'],
  reset: ['resetting', 'reset'],
  crop: ['cropping', 'cropped'],
  begin: ['beginning', 'began'],
  transfer: ['transferring', 'transferred'],
  cancel: ['cancelling', 'cancelled', 'canceling', 'canceled'],
  label: ['labelling', 'labelled', 'labeling', 'labeled'],
  send: ['sending', 'sent'],
  write: ['writing', 'written', 'wrote'],
  rewrite: ['rewriting', 'rewritten'],
  overwrite: ['overwriting', 'overwritten'],
  read: ['reading', 'read'],
  find: ['finding', 'found'],
  make: ['making', 'made'],
  build: ['building', 'built'],
  rebuild: ['rebuilding', 'rebuilt'],
  sell: ['selling', 'sold'],
  buy: ['buying', 'bought'],
  pay: ['paying', 'paid'],
  lend: ['lending', 'lent'],
  draw: ['drawing', 'drawn'],
  undo: ['undoing', 'undone'],
  withdraw: ['withdrawing', 'withdrawn'],
  forget: ['forgetting', 'forgotten'],
  hide: ['hiding', 'hidden'],
  see: ['seeing', 'seen'],
  show: ['showing', 'shown'],
  give: ['giving', 'given'],
  tell: ['telling', 'told'],
  shut: ['shutting', 'shut'],
  leave: ['leaving', 'left'],
};

function inflections(lemma: string): readonly (readonly [string, Verb['form']])[] {
  const special = irregular[lemma];
  const s = /(?:s|x|z|ch|sh|o)$/.test(lemma)
    ? `${lemma}es`
    : /[^aeiou]y$/.test(lemma)
      ? `${lemma.slice(0, -1)}ies`
      : `${lemma}s`;
  if (special !== undefined) {
    return [
      [lemma, 'base'],
      [s, 's'],
      ...special
        .filter((form) => form !== lemma)
        .map((form): readonly [string, Verb['form']] => [form, form.endsWith('ing') ? 'ing' : 'ed']),
    ];
  }
  const silentE = lemma.endsWith('e') && !lemma.endsWith('ee');
  const stem = silentE ? lemma.slice(0, -1) : lemma;
  const ed = /[^aeiou]y$/.test(lemma) ? `${lemma.slice(0, -1)}ied` : `${stem}ed`;
  return [
    [lemma, 'base'],
    [s, 's'],
    [`${stem}ing`, 'ing'],
    [ed, 'ed'],
  ];
}

function buildForms(): ReadonlyMap<string, Verb> {
  const forms = new Map<string, Verb>();
  for (const [sense, words] of Object.entries(verbsBySense) as [Sense, string][]) {
    for (const lemma of words.split(' ')) {
      for (const [form, kind] of inflections(lemma)) {
        // The base form of one verb beats an inflection of another (`set` before `sets`, `found` before `find`).
        const known = forms.get(form);
        if (known === undefined || (kind === 'base' && known.form !== 'base'))
          forms.set(form, { lemma, sense, form: kind });
      }
    }
  }
  return forms;
}

/** Every inflected form of every known verb, in lower case. */
export const verbForms: ReadonlyMap<string, Verb> = buildForms();

/** The senses in a fixed order. */
export const senses = Object.keys(verbsBySense) as readonly Sense[];

/** The sense of an action value such as `delete_files` or `listUsers`. */
export function senseOfValue(value: string): Sense | undefined {
  const [first] = value.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/, 1);
  return first === undefined ? undefined : verbForms.get(first.toLowerCase())?.sense;
}

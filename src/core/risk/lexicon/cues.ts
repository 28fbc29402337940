/** Words and short phrases that change what a verb means, each with what it says. */
export type Cue =
  | 'irreversible'
  | 'overwrites'
  | 'replaces-all'
  | 'omits'
  | 'read-only'
  | 'restorable'
  | 'dry-run'
  | 'sandboxed'
  | 'bulk'
  | 'needs-confirmation'
  | 'destructive'
  | 'arbitrary'
  | 'cascades'
  | 'costs-money'
  | 'starts-billing'
  | 'does-not-change'
  | 'safe'
  | 'background'
  | 'no-send-yet'
  | 'membership-only'
  | 'outside-people';

/** A cue phrase is a list of words; `|` separates spellings of one word. Matched within a sentence, words adjacent. */
const phrasesByCue: Readonly<Record<Cue, readonly string[]>> = {
  irreversible: [
    'irreversible',
    'irreversibly',
    'permanently',
    'permanent',
    "cannot|can't be undone",
    'not be undone',
    'not reversible',
    "cannot|can't be reversed|recovered|restored",
    'not be recovered|restored|reversed',
    'no undo',
    'unrecoverable',
    'forever',
    'data will be lost',
    'will be lost',
    'is|are lost',
    'loses|lose all|data',
    'be lost',
    'without recovery',
    'not recoverable',
  ],
  overwrites: [
    'overwrite|overwrites|overwriting|overwritten',
    'replace|replaces|replaced existing',
    'replaces|replace',
    'in-place',
    'upsert',
  ],
  'replaces-all': [
    'replaces|replace|replacing all',
    'replaces|replace the entire|whole|complete',
    'full replacement',
    'complete desired state',
    'overwrites|overwrite the entire|whole|complete',
    'completely replaces|replace|overwrite|overwrites',
  ],
  omits: [
    'not listed|included|sent|provided|specified|present|mentioned|given|passed',
    'not in the list|set|array|payload|request|input',
    'omitted|missing|unlisted|absent',
  ],
  'read-only': [
    'read-only',
    'readonly',
    'read only',
    'select only',
    'only select',
    'read operations|operation',
    'non-destructive',
    'nondestructive',
  ],
  restorable: [
    'trash',
    'recycle bin',
    'soft-delete|soft-deletes',
    'soft delete|deletes',
    'archive|archives|archived',
    'can be restored|recovered|undone|reversed',
    'reversible',
    'recoverable',
    'undo',
  ],
  'dry-run': [
    'dry-run',
    'dry run',
    'dryrun',
    'preview',
    'without executing|sending|applying|creating|saving|modifying|making',
    'simulate|simulates',
    'what-if',
    'validate-only',
    'no actual',
  ],
  sandboxed: ['sandbox|sandboxed', 'testnet', 'isolated', 'test mode', 'temporary', 'ephemeral', 'disposable'],
  bulk: ['bulk', 'batch', 'multiple', 'all', 'every', 'mass', 'entire'],
  'needs-confirmation': [
    'confirm',
    'confirmation',
    'explicit approval|permission|confirmation|consent',
    'with caution',
    'be careful',
    'use with care',
    'double-check',
  ],
  destructive: ['destructive', 'dangerous', 'hazardous', 'danger', 'data loss'],
  arbitrary: [
    'arbitrary',
    'any sql|command|query|code|method|api|tool|valid',
    'raw sql|api|http|query|command|request',
    'generic',
    'custom code|script|sql',
    'unrestricted',
  ],
  cascades: [
    'cascade|cascades|cascading',
    'and all its|their',
    'all associated|related|contained|nested',
    'along with',
    'including all',
    'recursively',
    'recursive',
  ],
  'costs-money': [
    'credit|credits',
    'cost|costs',
    'billed|billing',
    'charged|charges',
    'paid',
    'price',
    'fee|fees',
    'purchase|purchases',
  ],
  'starts-billing': [
    'start|starts|begin|begins billing',
    'be|is|are|gets charged|billed',
    'incur|incurs charges|cost|costs',
    'for|against payment',
  ],
  'does-not-change': [
    'not modify|change|alter|write|create|delete|execute|send|affect|make',
    "doesn't modify|change|alter|write|create|delete|execute|send|affect|make",
    'without modifying|changing|altering|writing',
    'no changes',
    'no side effects|effect',
    'side-effect-free',
    'never modifies|writes|deletes|changes',
  ],
  safe: ['safe', 'safely', 'idempotent', 'secure|securely', 'restricted', 'validated'],
  background: [
    'asynchronous|asynchronously|async',
    'background',
    'long-running',
    'queued',
    'job id',
    'task id',
    'takes several|a|some|few minutes',
    'polling|poll',
    'in progress',
  ],
  'no-send-yet': ['draft', 'not send|sent|publish|published', 'unpublished', 'proposal', 'suggestion|suggestions'],
  'membership-only': [
    'will still exist',
    'not delete|deleted the',
    'from the group|team|list|project|board|playlist|collection|segment|channel',
    'access to',
    'membership',
  ],
  'outside-people': [
    'recipient|recipients',
    'customer|customers',
    'guest|guests|attendees',
    'public|publicly',
    'followers',
    'subscribers',
    'everyone',
    'email address',
  ],
};

interface CuePhrase {
  readonly cue: Cue;
  readonly words: readonly ReadonlySet<string>[];
}

function buildIndex(): ReadonlyMap<string, readonly CuePhrase[]> {
  const index = new Map<string, CuePhrase[]>();
  for (const [cue, phrases] of Object.entries(phrasesByCue) as [Cue, readonly string[]][]) {
    for (const phrase of phrases) {
      const words = phrase.split(' ').map((word) => new Set(word.split('|')));
      for (const first of words[0] as Set<string>) {
        const known = index.get(first);
        if (known === undefined) index.set(first, [{ cue, words }]);
        else known.push({ cue, words });
      }
    }
  }
  return index;
}

const index = buildIndex();

export interface CueMatch {
  readonly cue: Cue;
  /** How many words the phrase takes. */
  readonly length: number;
}

/** The cues whose phrase starts at `words[at]`. */
export function cuesAt(words: readonly { readonly text: string }[], at: number): readonly CueMatch[] {
  const phrases = index.get(words[at]?.text ?? '');
  if (phrases === undefined) return none;
  const found: CueMatch[] = [];
  for (const phrase of phrases) {
    let ahead = 1;
    while (ahead < phrase.words.length && phrase.words[ahead]?.has(words[at + ahead]?.text ?? '') === true) ahead++;
    if (ahead === phrase.words.length) found.push({ cue: phrase.cue, length: ahead });
  }
  return found;
}

const none: readonly CueMatch[] = [];

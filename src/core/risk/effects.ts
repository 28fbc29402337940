import type { ToolFacts } from './facts.ts';
import { nounForms } from './lexicon/nouns.ts';
import type { Signal, SignalId } from './signals/signal.ts';
import type { Category, Effect } from './taxonomy.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const messageVerbs = words(
  'send email mail notify sms dm tweet retweet post broadcast reply respond publish invite reinvite forward share announce message text call dial quote',
);
const messageThings = words(
  'message messages email emails mail sms tweet tweets thread dm chat notification notifications newsletter campaign broadcast announcement invitation invitations invite reply slack telegram whatsapp discord channel conversation call calls post posts story moment moments toot status_update',
);
const recordRemarks = words(
  'comment comments note notes review annotation annotations label tag issue ticket task card page',
);
const secretThings = words(
  'secret secrets password passwords credential credentials token tokens apikey private_key privatekey connection_string mnemonic passphrase otp totp jwt certificate vault keychain env printenv',
);
const secretKeys = words('api access private ssh secret signing encryption service');
const healthThings = words(
  'patient patients dicom diagnosis prescription medication medications medical clinical allergy allergies vitals symptom immunization ehr fhir health_record',
);
const personThings = words(
  'user users member members contact customer customers lead leads employee employees person people profile profiles guest candidate patient patients worker attendee subscriber subscribers student students',
);
const privateThings = words(
  'email emails mail inbox message messages conversation file files document documents note notes calendar contact contacts memory memories transcript drive photo photos history customer customers patient records database table rows secret secrets repository code issue issues page pages',
);
const untrustedThings = words(
  'web webpage webpages website url urls page internet search email emails inbox message messages issue issues comment comments ticket tickets post posts tweet tweets feed rss news article pull_request review reviews forum reddit attachment document log logs transcript',
);
const accessThings = words(
  'permission permissions role roles access privilege privileges grant acl collaborator collaborators member members admin admins group groups policy share',
);
const grantVerbs = words(
  'grant assign add invite share approve allow authorize enable create set update put confirm accept elevate promote attach bind',
);
const physicalThings = words(
  'light lights lamp lock heating garage gate door garage thermostat robot arm drone vehicle car valve heater fan siren alarm printer motor switch plug blinds cover vacuum sprinkler oven device_physical',
);
const databaseThings = words(
  'sql database databases table tables query collection schema postgres mysql sqlite mongodb redis row rows column index migration',
);
const networkThings = words(
  'http url urls web api request proxy port dns network host ip scan endpoint webhook download crawl scrape fetch',
);
const bulkThings = words('all bulk batch multiple many mass every entire multi');
const accessOnly = words('permission permissions role roles access privilege grant acl collaborator admin');
const shareVerbs = words('grant invite share');
const fileThings = words('file files directory folder filesystem disk');
const memoryThings = words('memory memories knowledge observation observations entities graph remember');

/** The effects of a tool, in alphabetical order. */
export function effectsOf(facts: ToolFacts, signals: readonly Signal[], category: Category): readonly Effect[] {
  const effects = new Set<Effect>();
  const near = (id: SignalId): boolean => signals.some((signal) => signal.id === id && signal.rank !== 'rest');
  const any = (id: SignalId): boolean => signals.some((signal) => signal.id === id);
  const vocabulary = new Set<string>();
  for (const word of facts.name.words) vocabulary.add(word.text);
  const main =
    facts.description.state === 'present' ? facts.description.sentences[facts.description.mainSentence] : undefined;
  for (const word of main?.words ?? []) vocabulary.add(word.text);
  const has = (set: ReadonlySet<string>): boolean => {
    for (const word of vocabulary) if (set.has(word)) return true;
    return false;
  };
  const verbs = new Set(verbsNear(facts));
  const verb = (set: ReadonlySet<string>): boolean => {
    for (const lemma of verbs) if (set.has(lemma)) return true;
    return false;
  };
  const kinds = new Set(
    facts.schema.parameters.filter((parameter) => parameter.depth === 0).map((parameter) => parameter.kind),
  );
  const writes = category !== 'Read';

  if (writes && verb(messageVerbs) && (has(messageThings) || kinds.has('recipient')) && !onlyRemarks(vocabulary))
    effects.add('external-communication');
  if (category === 'Execute' && (near('executes-code') || (any('takes-code') && !near('runs-reading'))))
    effects.add('code-execution');
  if (near('raw-request') && category === 'Execute') effects.add('network');
  if (has(secretThings) || (vocabulary.has('key') || vocabulary.has('keys') ? has(secretKeys) : false))
    effects.add('credentials');
  if (has(healthThings)) effects.add('health-data');
  if (has(personThings) || has(healthThings)) effects.add('personal-data');
  if (category === 'Financial' || near('moves-money')) effects.add('money');
  if (writes && has(physicalThings) && !vocabulary.has('simulator')) effects.add('physical');
  if (writes && verb(grantVerbs) && has(accessThings) && (has(accessOnly) || verb(shareVerbs)))
    effects.add('grants-access');
  if (near('starts-job') || mentions(facts, 'background')) effects.add('long-running');
  if (near('builds-deploys') && category === 'Execute') effects.add('deploys');
  if (kinds.has('path') || kinds.has('output-path') || has(fileThings)) effects.add('filesystem');
  if (has(databaseThings) || kinds.has('sql')) effects.add('database');
  if (has(networkThings) || kinds.has('url')) effects.add('network');
  if (any('operates-screen') || vocabulary.has('browser')) effects.add('browser');
  if (
    writes &&
    (has(bulkThings) || facts.description.cues.some((cue) => cue.cue === 'bulk' && cue.inMainSentence && !cue.negated))
  )
    effects.add('bulk');
  if (writes && (any('irreversible') || category === 'Destructive')) effects.add('irreversible');
  if (has(memoryThings) && writes) effects.add('memory');
  const reads = near('retrieves') || near('runs-reading') || near('computes');
  if (reads && has(privateThings)) effects.add('reads-private');
  if (reads && (has(untrustedThings) || kinds.has('url'))) effects.add('reads-untrusted');
  return [...effects].sort();
}

function verbsNear(facts: ToolFacts): readonly string[] {
  const main = facts.description.clauses[facts.description.mainSentence];
  return [
    ...facts.name.verbs.map(({ verb }) => verb.lemma),
    ...(main?.lead ?? []).filter((act) => !act.negated).map((act) => act.verb.lemma),
  ];
}

/** A remark on a record (a comment on a ticket) is seen by colleagues; it is not a message sent out. */
function onlyRemarks(vocabulary: ReadonlySet<string>): boolean {
  let remark = false;
  for (const word of vocabulary) {
    if (recordRemarks.has(word)) remark = true;
    else if (
      messageThings.has(word) &&
      word !== 'post' &&
      word !== 'reply' &&
      word !== 'thread' &&
      nounForms.get(word) === 'message'
    )
      return false;
  }
  return remark;
}

function mentions(facts: ToolFacts, cue: string): boolean {
  return facts.description.cues.some((mention) => mention.cue === cue && !mention.negated && mention.inMainSentence);
}

import type { FindingKind } from '../record.ts';
import type { Severity } from '../taxonomy.ts';

/**
 * Phrases that talk to the model about something other than how to call this tool. Each was weighed against thousands of
 * ordinary definitions: guidance such as "call list_x first" or "do not guess the id" must not match.
 * All patterns are linear: bounded repetitions, no nested quantifiers.
 */
export interface Phrase {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly pattern: RegExp;
  /** Words of which one must occur for the pattern to match, by their first six letters; `<` stands for any `<` or `[`. */
  readonly anchors: string;
  readonly says: string;
}

const rulesOfModel =
  '(?:instructions?|guidelines?|rules?|prompts?|directives?|commands?|context|constraints?|polic(?:y|ies)|safety|security|safeguards?|restrictions?|training|programming|messages?)';
const secretFiles = String.raw`(?:~\/\.ssh|\.ssh\/|id_rsa|id_ed25519|id_ecdsa|\/etc\/(?:passwd|shadow|hosts)|\.aws\/credentials|mcp\.json|claude_desktop_config|\.netrc|\.git-credentials|\.npmrc|\.kube\/config|\.bash_history|\.zsh_history|(?:^|[\s"'\x60(\/~])\.env\b|wallet\.dat|keychain|credentials\.json)`;
const secretThings =
  '(?:api[ _-]?keys?|access tokens?|auth(?:entication)? tokens?|session tokens?|bearer tokens?|passwords?|credentials?|private keys?|ssh keys?|seed phrases?|secrets?|environment variables?|env vars|cookies?|system prompts?|(?:full |entire |whole |complete )?(?:conversation|chat|message|dialog(?:ue)?)(?: history| log| context| transcript|s)?\\b(?! id)|previous messages?|all (?:user )?messages|tool (?:list|definitions|call history)|chain of thought|internal reasoning|credit card(?: numbers?)?)';
const user =
  '(?:the |this |an? |any |your )?(?:end[- ]?)?(?:users?|human|person|operator|customer|anyone|them|developer|client)\\b';

export const phrases: readonly Phrase[] = [
  // Commands that set aside what the model was told.
  {
    kind: 'role-override',
    severity: 'High',
    pattern: new RegExp(
      String.raw`\b(?:ignore|disregard|forget|override|overrule|bypass|set aside|do not follow|stop following)\s+(?:all\s+|any\s+|every\s+|the\s+|your\s+|my\s+|these\s+|those\s+)*(?:of\s+(?:the\s+|your\s+)?)?(?:previous|prior|above|earlier|preceding|existing|original|other|current|system|safety|security|initial|default|former)\s+(?:\w+\s+){0,2}${rulesOfModel}`,
      'i',
    ),
    anchors: 'ignore ignori disregard forget overri overru bypass aside follow',
    says: 'tells the model to set aside its instructions',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern:
      /\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:system prompt|safety (?:guidelines|rules|measures|checks)|security (?:policies|policy|rules|checks)|(?:everything|all) (?:you|that|above|before)|content (?:policy|policies|filters?))/i,
    anchors: 'ignore disregard forget override overri',
    says: 'tells the model to set aside its instructions',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern: /(?:^|\n|[.!\]]\s*|\*\*)\s*(?:ACT AS|YOU ARE NOW|PRETEND TO BE|ASSUME THE ROLE OF|BEHAVE AS)\b\s*:?/,
    anchors: 'act you pretend assume behave',
    says: 'assigns the model another role',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern:
      /\b(?:you are now|from now on,? you|you must now (?:act|behave|respond)|act as|pretend (?:to be|you are))\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,2}(?:unrestricted|root|admin(?:istrator)?|superuser|uncensored|unfiltered|jailbroken|privileged|developer mode|dan\b|evil|malicious|hacker|system administrator|database administrator)/i,
    anchors: 'you from act pretend',
    says: 'assigns the model a role without limits',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern:
      /\[\s*(?:SYSTEM|ROLE|ADMIN|ROOT|DEVELOPER|OVERRIDE|HIDDEN|SECRET|PRIVILEGED|INTERNAL)(?:[ _-](?:DIRECTIVE|OVERRIDE|INSTRUCTIONS?|PROMPT|MESSAGE|NOTE|COMMAND|MODE))?\s*\]|\b(?:SYSTEM|OVERRIDE|ROLE|ADMIN|HIDDEN|SECRET)[ _-](?:DIRECTIVE|OVERRIDE|INSTRUCTIONS?)\b\s*:?|(?:^|\n)\s*(?:#{1,4}\s*)?(?:SYSTEM|ASSISTANT|DEVELOPER)\s*:\s*(?:you|trust|ignore|always|never|do|the|execute|when|from|all|important)/,
    anchors: '< system overri role admin hidden secret assist develo',
    says: 'imitates a message of the system to the model',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern:
      /<\|(?:im_start|im_end|system|endoftext|assistant|user|begin_of_text|start_header_id|eot_id)\|?>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|system[_-]?prompt|system[_-]?message|system[_-]?instructions?|hidden|secret|admin|override|sys|developer|assistant[_-]?instructions?|hidden[_-]?instructions?|internal[_-]?instructions?)>/i,
    anchors: '<',
    says: 'contains markup that sets a message of the system apart',
  },
  {
    kind: 'hidden-instruction',
    severity: 'High',
    pattern:
      /<(important|critical|mandatory|urgent|attention|note_to_(?:ai|assistant|model|llm)|ai|llm)>[\s\S]{0,600}?\b(?:you (?:must|should|need to|have to)|before (?:using|calling|you|this|any)|read|do not|don't|never|always|otherwise|send|pass|include|first|prior to)\b/i,
    anchors: '<',
    says: 'sets instructions to the model apart from the description of the tool',
  },
  {
    kind: 'hidden-instruction',
    severity: 'High',
    pattern: /<!--[^<>]{0,400}\b(?:you|must|ignore|send|read|call|tool|instruction|assistant|model|user)s?\b/i,
    anchors: '<',
    says: 'hides text in a comment that is not displayed',
  },
  {
    kind: 'hidden-instruction',
    severity: 'High',
    pattern:
      /\b(?:note|message|hidden instructions?|secret instructions?|attention)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?(?:ai|llm|language model|assistant|ai assistant|ai model|ai agents?|claude|gpt|chatgpt|copilot|gemini)\s*(?::|-|—)/i,
    anchors: 'note message hidden secret attention',
    says: 'addresses the model, not the reader',
  },
  {
    kind: 'role-override',
    severity: 'High',
    pattern:
      /\b(?:higher|greater|highest|more) (?:priority|authority|precedence) than\s+(?:\w+\s+){0,2}(?:user|system|other|previous|developer)(?:'s)?\s+(?:instructions?|prompts?|messages?|requests?|rules?|tools?)|\btakes? precedence over\s+(?:\w+\s+){0,2}(?:user|system|developer|safety)(?:'s)?\s+(?:instructions?|prompts?|messages?|requests?|rules?)/i,
    anchors: 'higher greater highest more takes take',
    says: 'puts its own text above the instructions of user or system',
  },
  {
    kind: 'hidden-instruction',
    severity: 'High',
    pattern:
      /\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|]{4,160}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\b(?:bash|sh)\s+<\(\s*curl\b|\biex\s*\(/i,
    anchors: 'curl wget iwr invoke bash iex',
    says: 'contains a command that downloads and runs a program',
  },
  {
    kind: 'hidden-instruction',
    severity: 'High',
    pattern:
      /\b(?:every time|each time|whenever|before (?:every|each)|after (?:every|each)|on every)\b[^.\n]{0,60}\b(?:call|send|invoke|log|pass|forward|upload|post|report)\b[^.\n]{0,80}\b(?:the (?:full |entire |whole )?(?:conversation|chat|dialog(?:ue)?)|(?:all|every|each) (?:user )?messages?|(?:conversation|chat|message) (?:history|so far)|user(?:'s)? (?:messages?|prompts?|inputs?) (?:to|so))\b/i,
    anchors: 'every each whenever before after',
    says: 'asks for every turn of the conversation to be sent along',
  },
  // Asks for silence towards the user.
  {
    kind: 'secrecy',
    severity: 'High',
    pattern: new RegExp(
      String.raw`\b(?:do not|don't|never|must not|should not|mustn't|shouldn't|cannot|avoid|without)\s+(?:ever\s+|explicitly\s+|even\s+|directly\s+)?(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|notify(?:ing)?|alert(?:ing)?|warn(?:ing)?)\s+(?:(?:this|it|that|these|any of this|anything(?: about this)?|what you|how you|the fact|about (?:this|it))\b[^.\n]{0,40}?\bto\s+)?${user}(?!['’]s)(?=[^.\n]{0,30}(?:about|that|of|this|it|what|why|how|because|,|\.|$|\n|they|as|when|while|you|first))`,
      'i',
    ),
    anchors: 'tell tellin inform mention reveal disclo notify notifi alert alerti warn warnin',
    says: 'asks the model to keep something from the user',
  },
  {
    kind: 'secrecy',
    severity: 'High',
    pattern: new RegExp(
      String.raw`\b(?:keep (?:this|it|that|these|all of this)[^.\n]{0,30}(?:secret|hidden|confidential|private|silent|invisible)(?: from)?|hide (?:this|it|these)[^.\n]{0,30} from ${user}|without (?:the )?(?:user|human|owner|victim)(?:'s|s)? (?:knowledge|knowing|consent|awareness|noticing|seeing)|(?:user|human) (?:must|should|need|can) ?(?:not|n't|never)(?: be)?(?: ever)? (?:know|notice|see|aware|made aware|told|informed|find out)|behind the user's back|so (?:that )?the user (?:does not|doesn't|won't|will not|cannot|can't) (?:notice|know|see|find out|realize))`,
      'i',
    ),
    anchors: 'keep hide without user human behind',
    says: 'asks the model to keep something from the user',
  },
  {
    kind: 'secrecy',
    severity: 'High',
    pattern:
      /\b(?:do not|don't|never)\s+(?:mention|reveal|disclose|talk about|refer to|speak of|expose|explain)\s+(?:this|these|that you|the (?:existence|fact|note|instruction|step|side ?note|hidden)|any of (?:this|these)|it to)\b/i,
    anchors: 'mentio reveal disclo talk refer speak expose explai',
    says: 'asks the model to keep something from the user',
  },
  {
    kind: 'secrecy',
    severity: 'Medium',
    pattern: /\b(?:secretly|covertly|stealthily|surreptitiously|discreetly (?:send|copy|forward|upload|include))\b/i,
    anchors: 'secretly covertly stealthily surreptitiously discreetly',
    says: 'describes something done in secret',
  },
  {
    kind: 'secrecy',
    severity: 'High',
    pattern:
      /\b(?:must|should|shall|may|can)\s+(?:not|never)\s+be\s+(?:mentioned|(?:disclosed|revealed|reported|shown|explained|visible|known)\s+to\s+(?:the\s+|any\s+)?(?:end[- ]?)?users?)\b/i,
    anchors: 'mentio disclo reveal report shown explai visibl known',
    says: 'asks the model to keep something from the user',
  },
  {
    kind: 'secrecy',
    severity: 'High',
    pattern:
      /\b(?:silently|quietly|covertly|secretly|stealthily|in the background and without)\s+(?:also\s+)?(?:upload|send|forward|copy|fetch|read|pass|include|call|invoke|execute|run|append|transmit|redirect|add|bcc|collect|post|transfer)\b/i,
    anchors: 'silent quietl covert secret stealt backgr',
    says: 'asks for something to be done unseen',
  },
  // Data that should leave by another way than the tool's purpose.
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern: new RegExp(
      String.raw`\b(?:read|cat|open|load|access|fetch|get|retrieve|include|send|pass|provide|append|attach|extract|copy|upload|dump|steal|leak|collect|contents? of|the file)\b[^\n]{0,80}?${secretFiles}[^\n]{0,300}?\b(?:pass|send|include|put|provide|append|attach|parameter|argument|sidenote|side note|field|upload|post|content|contents|otherwise|forward|transmit|back to)\b`,
      'i',
    ),
    anchors: 'ssh rsa ed passwd shadow hosts creden mcp netrc npmrc kube bash zsh env wallet keycha desktop git aws',
    says: 'asks for a file of secrets to be read and handed over',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern: new RegExp(
      String.raw`\b(?:include|append|add|pass|put|provide|attach|send|forward|transmit|leak|exfiltrate|embed|insert|copy|submit|supply|encode)\s+(?:all\s+|any\s+|the\s+|your\s+|their\s+|user(?:'s)?\s+|every\s+|full\s+|available\s+|current\s+|stored\s+|its\s+|also\s+)*${secretThings}[^.\n]{0,80}?\b(?:in|as|into|to|via|through|with|using)\s+(?:the\s+|this\s+|an?\s+|every\s+|your\s+)?(?:[\w'"\x60]+\s+){0,3}?(?:parameter|param|argument|field|sidenote|side note|note|feedback|metadata|https?:|url|email|webhook|endpoint|attacker|server|request|tool call|query|context|header)\b`,
      'i',
    ),
    anchors:
      'api key keys access auth authen session bearer passwo creden privat ssh seed secret enviro env cookie cookies system conver chat messag dialog dialogue previo all tool chain intern credit',
    says: 'asks for data of the session to be sent along',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern:
      /\b(?:exfiltrat(?:e|es|ing)\s+(?:the|all|any|user|data|files?|secrets?|credentials?|tokens?|it|them|conversation|everything)|steal(?:s|ing)?\s+(?:the\s+|user\s+|all\s+)?(?:data|credentials?|tokens?|secrets?|keys?|passwords?|cookies?)|harvest(?:s|ing)?\s+(?:the\s+|user\s+|all\s+)?(?:credentials?|tokens?|secrets?|passwords?))\b/i,
    anchors: 'exfilt steal steals steali harves',
    says: 'speaks of taking data away',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern:
      /\b(?:send|post|forward|upload|transmit|copy|report|bcc|cc|deliver|submit|relay)\b[^.\n]{0,60}\b(?:all|every|each|any|copies|copy of|contents?|data|messages?|emails?|conversation|history|results?|responses?|secrets?|keys?|files?)\b[^.\n]{0,60}\bto\s+(?:<?https?:\/\/(?!(?:www\.)?(?:example\.(?:com|org)|localhost|api\.))[\w.-]+\/[\w./?=&%-]*(?:collect|exfil|steal|log|leak|capture|grab|track|webhook|receive|ingest|attacker|evil)|(?:[\w.+-]*(?:attacker|attkr|evil|hacker|pwn|exfil|malicious|phish)[\w.+-]*@|attacker|evil\.))/i,
    anchors:
      'attack attkr evil hacker pwn exfil malici phish collect log leak captur grab track webhook receiv ingest steal https http',
    says: 'asks for data to be sent to another place',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern: new RegExp(
      String.raw`\b(?:collect|gather|capture|harvest|look for|extract|find|retrieve|fetch|read|get|take|save)\s+(?:all\s+|any\s+|the\s+|your\s+|their\s+|user(?:'s)?\s+|every\s+)*${secretThings}[^.\n]{0,80}?\b(?:and|then)\s+(?:\w+\s+){0,2}(?:send|pass|forward|include|submit|post|report|append|transmit|put|attach|upload|provide)\b`,
      'i',
    ),
    anchors:
      'api access auth authen session bearer passwo creden privat ssh seed secret enviro env cookie cookies system conver chat messag dialog previo all tool chain intern credit',
    says: 'asks for secrets to be gathered and handed over',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern: new RegExp(
      String.raw`\b(?:include|pass|provide|send|append|put|paste|insert|attach|supply)\s+(?:\w+\s+){0,3}?(?:values?|contents?)\s+of\s+(?:\w+\s+){0,3}?(?:environment variables?|env vars?|private keys?|api keys?|\w*_(?:API_)?(?:KEY|TOKEN|SECRET)|${secretFiles})`,
      'i',
    ),
    anchors: 'value values conten',
    says: 'asks for the value of a secret to be handed over',
  },
  {
    kind: 'exfiltration',
    severity: 'High',
    pattern:
      /\b(?:reveal|repeat|paste|leak|dump|recite|disclose|output|print|include|provide|pass|insert|send|share|state|requires?)\s+(?:me\s+|here\s+|us\s+|out\s+)?(?:your|the (?:assistant|model|agent|llm|ai)(?:'s)?)\s+(?:full\s+|entire\s+|complete\s+|current\s+|exact\s+)?(?:system prompt|initial (?:prompt|instructions)|hidden (?:prompt|instructions)|chain[- ]of[- ]thought|internal (?:reasoning|thoughts)|list of (?:available )?tools|context window|conversation history)/i,
    anchors: 'your assist model agent llm the',
    says: 'asks for what the model was told or thinks',
  },
  // How other tools are to be used.
  {
    kind: 'cross-tool',
    severity: 'High',
    pattern:
      /\b(?:when(?:ever)?|if|every time|each time|any time|once|before|after)\b[^.\n]{0,60}\b(?:another|other|any other|different|the [\w-]{2,40}|[`'"]?\w+[_-]\w+[`'"]?)\s+(?:mcp\s+)?(?:tool|server|function)s?\b[^.\n]{0,40}\b(?:is|are|gets?|was|being)?\s*(?:called|used|invoked|available|present|triggered|connected|requested|installed)\b[^.\n]{0,120}\b(?:redirect|replace the|change the (?:recipient|address|amount|destination|number|price|email|account|argument|parameter)|send (?:it|them|all|the [\w ]{0,20}) to|bcc|cc|must (?:first |also |always )?(?:send|pass|include|change|read)|instead of the|silently|also (?:send|forward|include|call|copy)|modify the|swap|override|do not (?:use|call|invoke))\b/i,
    anchors: 'tool tools server servers functi',
    says: 'changes how another tool is to be used',
  },
  {
    kind: 'cross-tool',
    severity: 'High',
    pattern:
      /\b(?:all|any|every|each)\s+(?:outgoing\s+|future\s+|subsequent\s+|user\s+)?(?:e-?mails?|messages?|payments?|transfers?|requests?|transactions?|files?|data|funds|tool calls?)\s+(?:must|should|need to|have to|shall|are to)\s+(?:always\s+|also\s+|first\s+|now\s+)?(?:be\s+)?(?:sent|routed|redirected|forwarded|copied|cc'?d|bcc'?d|transferred|go|paid|directed|delivered)\s+(?:to|via|through)\b/i,
    anchors: 'mail mails email emails messag paymen transf reques transa files data funds tool',
    says: 'redirects what other tools send',
  },
  {
    kind: 'cross-tool',
    severity: 'High',
    pattern:
      /\b(?:this tool|it)\s+(?:replaces|supersedes|overrides|takes precedence over|must be (?:used|called|preferred) (?:instead of|over|in place of))\s+(?:all|any|every|the|each)\s+(?:other|existing|built-?in|native)\s+(?:[\w-]+\s+){0,3}(?:tools?|servers?|functions?)|\b(?:do not|don't|never|stop)\s+(?:use|using|call|calling|trust|invoke|invoking)\s+(?:any|all|the)\s+other\s+(?:[\w-]+\s+){0,2}(?:tools?|servers?|mcp)\b[^.\n]{0,60}\b(?:they are|because|malicious|compromised|unsafe|broken|deprecated|insecure|even if)/i,
    anchors: 'tool tools server functi',
    says: 'puts itself in the place of other tools',
  },
  {
    kind: 'cross-tool',
    severity: 'High',
    pattern:
      /\b(?:tool|server|function)s?\b[^.\n]{0,40}\b(?:is|are|has been|have been)\s+(?:compromised|malicious|no longer (?:safe|trusted)|unsafe|insecure)\b[^.\n]{0,80}\b(?:use|call|invoke|switch|prefer)\b/i,
    anchors: 'tool tools server functi',
    says: 'discredits other tools',
  },
  {
    kind: 'cross-tool',
    severity: 'High',
    pattern:
      /\b(?:transfer|send|pay|forward|deliver|wire|route|redirect|refund)\b[^.\n]{0,60}\bto\b[^.\n]{1,80}\binstead of (?:to )?(?:the |their |his |her )?(?:customer|user|recipient|original|intended|specified|requested|given|real|actual)/i,
    anchors: 'instead',
    says: 'redirects what the user meant for someone else',
  },
  // Protection switched off.
  {
    kind: 'safety-bypass',
    severity: 'High',
    pattern:
      /\b(?:bypass(?:es|ing)?|disabl(?:e|es|ing)|circumvent(?:s|ing)?|evad(?:e|es|ing)|turn(?:s|ing)? off|without|ignor(?:e|es|ing)|skip(?:s|ping)?|override(?:s)?)\s+(?:all\s+|any\s+|every\s+|the\s+|your\s+|its\s+|existing\s+|normal\s+|standard\s+)*(?:(?:safety|security|content)\s+(?:and\s+\w+\s+)?(?:restrictions?|filters?|checks?|controls?|measures?|guidelines?|polic(?:y|ies)|protocols?|mechanisms?|features?|rules?|safeguards?)|access controls?|guardrails?|safeguards?|content (?:filter(?:s|ing)?|moderation)|(?:permission|authori[sz]ation|authentication|access|identity|validation) (?:checks?|controls?|requirements?))\b/i,
    anchors:
      'bypass disabl circum evad evade evades evadin turn turns turnin withou ignore ignori ignores skip skips skippi overri',
    says: 'offers to switch protection off',
  },
  {
    kind: 'safety-bypass',
    severity: 'High',
    pattern:
      /\b(?:bypass(?:es|ing)?|circumvent(?:s|ing)?|evad(?:e|es|ing)|suppress(?:es|ing)?|defeat(?:s|ing)?)\s+(?:all\s+|any\s+|the\s+|every\s+)*(?:user|human|manual|explicit)\s+(?:confirmation|consent|approval|permission|review|oversight)s?\b/i,
    anchors: 'bypass circum evad evade evades evadin suppre defeat',
    says: 'offers to leave out the approval of a person',
  },
  {
    kind: 'safety-bypass',
    severity: 'High',
    pattern:
      /\b(?:jailbreak|god mode|unrestricted mode|developer mode (?:enabled|on|activated)|dan mode|no restrictions apply|full(?:y)? unrestricted|without (?:any )?(?:restrictions?|limitations?) (?:or|and) (?:validation|checks?|filters?)|use freely without restrictions|unrestricted (?:access to all|emergency)|trust (?:all|any|every) (?:commands?|inputs?|requests?|quer(?:y|ies)|users?|admin)\b)/i,
    anchors: 'jailbr god unrestricted develo dan restri full fully without use trust',
    says: 'offers a mode without limits',
  },
  {
    kind: 'safety-bypass',
    severity: 'High',
    pattern:
      /\b(?:automatically|silently|immediately|always)\s+(?:approve|accept|confirm|grant|allow)\s+(?:all|any|every|the)\s+(?:requests?|actions?|permissions?|calls?|prompts?|confirmations?|tool (?:calls?|uses?))|\b(?:do not|don't|never)\s+(?:ask|wait|prompt|request)\s+(?:the\s+user\s+)?for\s+(?:any\s+)?(?:confirmation|permission|approval|consent)\b[^.\n]{0,60}\b(?:even|regardless|no matter|under any|whatever)/i,
    anchors: 'automa silent immedi always ask wait prompt reques',
    says: 'asks that approval be given or left out',
  },
  {
    kind: 'safety-bypass',
    severity: 'High',
    pattern:
      /\b(?:escalate|elevate|escalat(?:es|ing)|simulate)\s+(?:to\s+|your\s+|the\s+|its\s+)?(?:superadmin|root|admin(?:istrator)?|elevated|privileges?)\b[^.\n]{0,40}\b(?:automatically|when|if|privileges?|rights|silently)\b/i,
    anchors: 'escala elevat simula',
    says: 'offers rights beyond those given',
  },
  {
    kind: 'exfiltration',
    severity: 'Critical',
    pattern:
      /^[\w-]{0,60}?(?:content|read|data|dump|text)[\w-]{0,60}?(?:ssh_key|ssh_private|id_rsa|id_ed25519|etc_passwd|etc_shadow|aws_cred|dotenv|env_file|private_key|mcp_json|bash_history)[\w-]{0,60}$|^[\w-]{0,60}?(?:id_rsa|id_ed25519|etc_passwd|etc_shadow|mcp_json|bash_history)[\w-]{0,60}?(?:content|text|data|dump)[\w-]{0,60}$/i,
    anchors: 'ssh rsa ed passwd shadow aws dotenv env privat mcp bash',
    says: 'is named after the contents of a file of secrets',
  },
];

import { isPlainWord } from './ordinary.ts';
import { type Found, finder, type Rule, type Span } from './rule.ts';

const PLAIN =
  /(?:"[^"\s]{1,64}"|[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,128})(?:@|%40|&#64;|﹫)(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62})(?:\.[\p{L}\p{N}-]{1,63})*/gu;
/** A page's address before a handle, a screen's refresh rate, and the words that stand for names in examples. */
const NO_ADDRESS =
  /\.\p{L}{2,8}\/@|^\d+x\d+@\d+$|^(?:[a-z]+:\/\/)?(?:user|username|login|pass|password|you|me|name|someone|nick|root)@(?:host|hostname|server|domain|machine|localhost|ip|computer|remote|proxy|address)$/iu;
const PROVIDER =
  'gmail|googlemail|g mail|hotmail|yahoo|ymail|outlook|live|msn|icloud|protonmail|proton|tutanota|aol|gmx|fastmail|zoho|mail\\.ru|yandex|rediffmail|comcast|btinternet|rocketmail|posteo|mailinator|web\\.de|terra|orange|wanadoo|free\\.fr|hushmail|riseup|uol|bol';
const TOP =
  'com|net|org|edu|gov|mil|info|biz|name|io|dev|app|co|uk|us|ca|mx|ar|cl|pe|ve|br|es|pt|fr|de|it|nl|be|ch|at|pl|cz|ru|ua|se|no|fi|dk|ie|in|au|nz|jp|cn|za|gr|tr|eu|cat|ec|uy|py|bo|cr|gt|hn|sv|ni|pa|do|pr|ro|hu|bg|hr|rs|sk|si|lt|lv|ee|il|sg|my|ph|id|vn|th|kr|tw|hk|me|tv|cc|local';
/** What stands for `@`: in brackets of any kind, or as a word. */
const AT =
  /\s{0,2}(?:[[({<*|_]{1,2}|-)\s?(?<inner>at|arroba|arobase|ät|chiocciola|klammeraffe|a|@|et)\s?(?:[\])}>*|_]{1,2}|-)\s{0,2}|\s{1,3}(?<word>at|arroba|arobase|chiocciola|klammeraffe|@)\s{1,3}|(?<=\S)(?<tight>@|%40|&#64;|﹫)\s{1,2}|\s{1,2}(?<loose>@)(?=\p{L})/giu;
const SURE_AT = /^(?:arroba|arobase|chiocciola|klammeraffe)$/i;
const DOT_WORD = 'dot|punto|ponto|punkt|point|d0t|\\.';
const BOXED_DOT = `\\s{0,2}[\\[({<*|_-]{1,2}\\s?(?:${DOT_WORD})\\s?[\\])}>*|_-]{1,2}\\s{0,2}`;
const DOT = `(?:${BOXED_DOT}|\\s{1,2}(?:dot|punto|ponto|punkt|d0t)\\s{1,2}|\\s?\\.(?=[\\p{L}\\p{N}])|\\.\\s(?=(?:com|net|org|edu)(?!\\p{L})))`;
const BEFORE = new RegExp(
  `(?<![\\p{L}\\p{N}._+-])(?<local>[\\p{L}\\p{N}_+][\\p{L}\\p{N}._+-]{0,63}(?:(?:${BOXED_DOT}|\\s(?:dot|punto|underscore|guion bajo|dash)\\s)[\\p{L}\\p{N}._+-]{1,40}){0,3})$`,
  'iu',
);
/** A domain with its end, and one without, which only a provider's name makes sure. */
const AFTER = new RegExp(
  `^(?<domain>[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,62}?)(?<tail>(?:${DOT}[\\p{L}\\p{N}-]{2,40}){0,3}?${DOT}(?:${TOP})(?:${DOT}(?:${TOP}))?(?![\\p{L}\\p{N}]))`,
  'iu',
);
const BARE_AFTER = new RegExp(
  `^(?<domain>(?:${PROVIDER})(?![\\p{L}\\p{N}-])|[\\p{L}\\p{N}][\\p{L}\\p{N}-]{0,62})`,
  'iu',
);
const IS_PROVIDER = new RegExp(`^(?:${PROVIDER})$`, 'i');
const ABOUT_MAIL =
  /e-?mail|correo|contact|\bmail\b|reach (?:me|him|her)|write (?:to )?me|escr[ií]b|msn|jabber|xmpp|gtalk|paypal/i;
const BY_PROVIDER = new RegExp(
  `(?<![\\p{L}\\p{N}.@/])(?<mine>(?:my|mi|mon|mein|meu|his|her|su)\\s)?(?:${PROVIDER.replace('|live|', '|').replace('|orange|', '|').replace('|free\\.fr|', '|').replace('|terra|', '|').replace('|proton|', '|')})(?:\\.com|\\.es)?(?:\\s(?:account|address|id|user(?:name)?|addy|correo|cuenta))?\\s?(?<sign>[:=]|->|\\bis\\b|\\bes\\b|\\best\\b|\\bist\\b)\\s?(?<secret>[\\p{L}\\p{N}][\\p{L}\\p{N}._+-]{2,63})`,
  'giu',
);
const SPACED =
  /(?<![\p{L}\p{N}._+-])(?<local>[\p{L}\p{N}_+][\p{L}\p{N}._+-]{2,63})\s(?:de\s|on\s|en\s)?(?<provider>gmail|hotmail|yahoo|outlook|icloud|protonmail|googlemail)(?<tail>(?:\s(?:dot|punto|ponto|punkt)\s|\s)(?:com|es|net|org|co\suk)(?![\p{L}\p{N}]))?/giu;
const CAPITALS =
  /(?<![A-Za-z0-9._-])[a-z0-9._-]{2,40}(?:AT|ARROBA)[a-z0-9-]{2,40}(?:(?:DOT|PUNTO)[a-z]{2,20}){1,3}(?![A-Za-z0-9])/g;

/** E-mail addresses: plain, and as people write them so that programs don't find them. */
export const EMAIL_RULES: readonly Rule[] = [
  {
    kind: 'email',
    any: ['@', '%40', '&#64;', '﹫'],
    find: finder(PLAIN, ({ secret }) => !NO_ADDRESS.test(secret)),
  },
  {
    kind: 'email',
    any: [
      '@',
      '%40',
      ' at ',
      'at]',
      'at)',
      'at}',
      'at>',
      'at*',
      'at_',
      '-at-',
      'at|',
      '(a)',
      '[a]',
      '{a}',
      'arroba',
      'arobase',
      'et]',
      'et)',
      'ät',
      'chioc',
      'klammer',
      'at ]',
      'at )',
      '&#64;',
      '﹫',
    ],
    find: spelledEmails,
  },
  {
    kind: 'email',
    any: [
      'mail',
      'yahoo',
      'outlook',
      'msn',
      'icloud',
      'proton',
      'tuta',
      'aol',
      'gmx',
      'zoho',
      'yandex',
      'rocket',
      'posteo',
      'riseup',
      'uol',
      'bol',
    ],
    find: finder(BY_PROVIDER, isByProvider),
  },
  { kind: 'email', any: ['mail', 'yahoo', 'outlook', 'icloud'], find: finder(SPACED, isSpaced) },
  { kind: 'email', hint: /[a-z0-9]AT[a-z]|ARROBA/, find: finder(CAPITALS) },
];

/** How far from what stands for the `@` an address may begin and end. */
const REACH = 160;

function* spelledEmails(text: string): Iterable<Span> {
  for (const match of text.matchAll(AT)) {
    const at = match.index;
    const end = at + match[0].length;
    const following = text.slice(end, end + REACH);
    const after = AFTER.exec(following) ?? BARE_AFTER.exec(following);
    const { domain = '', tail = '' } = after?.groups ?? {};
    if (after === null || !mayBeDomain(match, domain, tail)) continue;
    const local = BEFORE.exec(text.slice(Math.max(0, at - REACH), at))?.groups?.local;
    if (local === undefined) continue;
    const start = at - local.length;
    const around = text.slice(Math.max(0, start - 40), start);
    if (isSpelled({ local, at: match, domain, tail, around })) yield { start, end: end + after[0].length };
  }
}

interface Spelled {
  readonly local: string;
  readonly at: RegExpMatchArray;
  readonly domain: string;
  readonly tail: string;
  readonly around: string;
}

/** Whether what follows an `at` may be a domain, whatever is before: without brackets or a sure word its end must be there. */
function mayBeDomain(at: RegExpMatchArray, domain: string, tail: string): boolean {
  const { inner, word } = at.groups ?? {};
  return inner !== undefined || tail !== '' || IS_PROVIDER.test(domain) || (word !== undefined && SURE_AT.test(word));
}

function isSpelled({ local, at, domain, tail, around }: Spelled): boolean {
  const { inner, word } = at.groups ?? {};
  const isProvider = IS_PROVIDER.test(domain);
  const isSpelledOut = /\s|[[({<*|]|[_-](?:dot|punto|ponto)/i.test(tail);
  const mailbox = mayBeMailbox(local);
  if (inner !== undefined) {
    const isTight = /^[[({*].*[\])}*]$/.test(at[0]);
    if (/^(?:a|@|et)$/i.test(inner) || /[|<>_-]/.test(at[0]))
      return (tail !== '' || isProvider) && (mailbox || isSpelledOut || isTight);
    return (
      tail !== '' || isProvider || (isTight && mailbox && !isPlainWord(domain)) || (mailbox && ABOUT_MAIL.test(around))
    );
  }
  if (word !== undefined && SURE_AT.test(word))
    return (tail !== '' || isProvider || ABOUT_MAIL.test(around)) && local.length > 1;
  if (isSpelledOut && !/^\s\./.test(tail))
    return mailbox || (ABOUT_MAIL.test(around) && !/^(?:me|us|is|it)$/i.test(local));
  if (!mailbox || (tail === '' && !isProvider)) return false;
  if (isProvider) return !/^(?:live|orange|terra|proton|free\.fr)$/i.test(domain) || tail !== '' || hasMark(local);
  return ABOUT_MAIL.test(around) || (/^\p{L}[\p{L}\d]*[._+][\p{L}\d]+$/u.test(local) && !/[._]\d/.test(local));
}

/** Whether a word before an `at` may be the name of a mailbox rather than one of the sentence. */
function mayBeMailbox(local: string): boolean {
  const plain = local.replace(/^[._+-]+|[._+-]+$/g, '');
  if (plain.length < 2 || /^[\d.]+$/.test(plain)) return false;
  return hasMark(plain) || !(isPlainWord(plain) || /(?:ed|ing|ly|er|tion|s)$/i.test(plain));
}

function hasMark(name: string): boolean {
  return /\p{L}\d|\p{L}[._+-]\p{L}/u.test(name);
}

function isByProvider({ secret, match, after }: Found): boolean {
  const { mine, sign = '' } = match.groups ?? {};
  const plain = secret.replace(/[.]+$/, '');
  if (isPlainWord(plain) || /^https?$|^(?:imap|pop3?|smtp|www)\b/i.test(plain) || /^:\/\//.test(after)) return false;
  if (hasMark(plain)) return mine !== undefined || /[:=>]/.test(sign);
  return !/(?:ed|ing|ly)$/i.test(plain) && (/[:=>]/.test(sign) ? /^\s*$|^[\s,.;)!]/.test(after) : mine !== undefined);
}

function isSpaced({ match }: Found): boolean {
  const { local = '', tail } = match.groups ?? {};
  return hasMark(local)
    ? tail !== undefined || /\s(?:de|on|en)\s/i.test(match[0]) || /\d/.test(local)
    : tail !== undefined && mayBeMailbox(local);
}

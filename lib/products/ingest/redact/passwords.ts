import { isPlainWord } from './ordinary.ts';
import { type Found, finder, type Rule } from './rule.ts';

const NOUN =
  'passw(?:or)?ds?|passwort|passphrase|passcode|pass|pwd?|pw|pin(?: code| number)?|contraseñas?|contrasena|clave|senha|mot de passe|mdp|kennwort|kodewort|psk|(?:wpa2?|wep|wi-?fi|wlan|network|wireless|router|ap|pre-?shared)(?:-psk| psk)?[ _-](?:key|pass|code)|(?:db|database|mysql|root|admin|user|sudo|luks|smtp|ftp|ssh|vpn)[_-]?pass(?:word)?|requirepass|ansible_(?:ssh|become)_pass';
/** `password: x`, `my pass for the router is x`, `la contraseña del wifi es x`. */
const NAMED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?<owner>(?:my|our|his|her|the|your|mi|su|la|el|nuestra|mon|mein|minha|a)\\s)?(?:[\\p{L}\\p{N}-]{1,20}\\s){0,2}?(?:[\\p{L}\\p{N}]{1,20}[_-])?(?:${NOUN})["']?(?<more>\\s(?:for|de|del|da|do|of|to|on|para|en|pour|für|du|from)\\s(?:[^\\s:=]{1,20}\\s){1,3}?|\\s(?=[:=]))?\\s?(?<sign>[:=]{1,2}|=>|->|→|(?<=\\s)(?:is|was|es|era|será|sera|ist|est|é|was set to|is now|is still|changed to|set to|to)(?=[\\s:"'\`]):?)\\s?(?:["'“\`«](?<quoted>[^"'”\`»]{3,80})["'”\`»]|(?<bare>[^\\s"'\`[\\]<>]{3,128}))`,
  'giud',
);
const KEY_AND =
  /(?<![\p{L}\p{N}])(?:wi-?fi|wlan|ssid|network|red|router|wpa2?|wep)\b[^.!?]{0,60}?\b(?:key|code|clave|pass(?:word)?|contraseña)\s(?:is|es|=|:)\s?(?<secret>[^\s"']{4,64})/giu;
const PHRASE =
  /(?<![\p{L}\p{N}])(?:passphrase|seed phrase|frase (?:de paso|secreta|semilla))(?:\s(?:is|es))?\s?[:=]\s?(?<secret>[\p{L}\p{N}]{1,20}(?:[\s-][\p{L}\p{N}]{1,20}){1,11})/giu;
const IN_URL = /(?<=[a-z][a-z0-9+.-]{1,20}:\/\/)(?<secret>[^\s:/?#@"'<>[\]]{0,80}:[^\s/?#@"'<>[\]]{1,128})(?=@)/gi;
const OF_NICKSERV =
  /(?:(?<![\p{L}\p{N}])\/?(?:msg |privmsg |quote |squery )?(?:nickserv|ns|chanserv|cs|userserv|q@cserve\.quakenet\.org|authserv|x@channels\.undernet\.org)\s:?(?:(?:register|set password)\s|(?:identify|id|ghost|recover|release|login|auth|regain)\s(?:[^\s]{1,32}\s(?=[^\s]{4,64}$))?)|(?<!\p{L})\/(?:identify|oper|ns identify)\s(?:[^\s]{1,32}\s(?=[^\s]{4,64}$))?)(?<secret>[^\s]{4,64})/giu;
const OPTIONS =
  /(?<![\p{L}\p{N}])(?:sshpass\s-p\s?|mysql(?:dump|admin)?\s(?:[^\s]{1,60}\s){0,6}?-p(?!\s)|--(?:password|passwd|pass|passphrase|http-password|ftp-password|user|proxy-user)(?:=|\s)|curl\s(?:[^\s]{1,200}\s){0,6}?-u\s?[^\s:]{1,40}:|-pass(?:in|out)?\spass:|(?:rdesktop|xfreerdp)\s(?:[^\s]{1,60}\s){0,6}?(?:-p\s|\/p:)|chpasswd\s<<<\s?["']?[\w-]{1,32}:|echo\s)["']?(?<secret>[^\s"'|]{4,128})/giu;
const SETTING =
  /(?<=(?:password|passwd|passphrase|secret|api_?key|token|contraseña|clave|pass|pwd|psk)=)["']?(?<secret>[^\s&"'[,;]{4,})/giu;

/** A code that opens something once, or after a loss. */
const CODE =
  /(?<![\p{L}\p{N}])(?:(?:2fa|mfa|otp|totp|one[- ]time|verification|verify|login|log-in|backup|recovery|sms|authenticator|security|sicherheits|bestätigungs)[ -]?(?:code|pass(?:word|code)?|pin)s?|otp|código de (?:verificación|seguridad|acceso))(?:\s(?:is|was|are|es|ist)|\s?[:=])?\s(?<secret>(?=[^\s]{0,20}\d)[A-Za-z0-9]{3,12}(?:[ -](?=[^\s]{0,20}\d)[A-Za-z0-9]{3,12}){0,3})(?![\p{L}\p{N}])/giu;
/** What the picture for joining a network says. */
const WIFI = /(?<=WIFI:[^\s]{0,100}?(?<=[:;])P:)(?<secret>[^;\s]{1,64})/gu;

/** Passwords: said, set, in addresses, on command lines, and to the services of IRC. */
export const PASSWORD_RULES: readonly Rule[] = [
  { kind: 'password', digits: 3, any: ['code', 'código', 'otp', 'pass', 'pin'], find: finder(CODE) },
  { kind: 'password', any: ['wifi:'], find: finder(WIFI) },
  {
    kind: 'password',
    any: ['pass', 'pw', 'pin', 'contrase', 'clave', 'senha', 'mdp', 'kennwort', 'psk', 'key', 'code'],
    find: function* (text) {
      for (const match of text.matchAll(NAMED)) {
        const [start, end] = match.indices?.groups?.quoted ?? match.indices?.groups?.bare ?? [0, 0];
        const secret = trimmed(text.slice(start, end), match.groups?.quoted !== undefined);
        if (
          secret !== '' &&
          isPassword(secret, match, text.slice(Math.max(0, match.index - 40), match.index), text.slice(end, end + 20))
        )
          yield { start, end: start + secret.length };
      }
    },
  },
  {
    kind: 'password',
    any: ['key', 'code', 'clave', 'pass', 'contrase'],
    find: finder(KEY_AND, ({ secret }) => hasMark(secret)),
  },
  {
    kind: 'password',
    any: ['phrase', 'frase'],
    find: finder(PHRASE, ({ secret }) => !/^(?:is|the|a|es|it|you|i|for)\s/i.test(secret)),
  },
  {
    kind: 'password',
    any: ['://'],
    hint: /:\/\/[^\s/]*@/,
    find: finder(IN_URL, ({ secret }) => isGiven(secret.replace(/^.*?:/, ''))),
  },
  {
    kind: 'password',
    any: ['serv', 'identify', 'oper ', 'ns ', 'cs ', 'auth'],
    find: finder(
      OF_NICKSERV,
      ({ secret }) =>
        isGiven(secret) && !isPlainWord(secret) && !/^[#(]|(?:^|\W)(?:nick|pass|email|passord)/i.test(secret),
    ),
  },
  { kind: 'password', any: ['-p', '-u', 'echo ', 'chpasswd', '/p:'], find: finder(OPTIONS, isOption) },
  { kind: 'password', any: ['='], find: finder(SETTING, ({ secret }) => isGiven(secret)) },
];

/** What follows a password that is named, without the punctuation of the sentence. */
function trimmed(value: string, isQuoted: boolean): string {
  return isQuoted ? value : value.replace(/(?<=[\p{L}\p{N}])[.,;:)]+$|[,;]+$/u, '');
}

function isPassword(value: string, match: RegExpMatchArray, before: string, after: string): boolean {
  const { owner, sign = '', quoted } = match.groups ?? {};
  if (!isGiven(value)) return false;
  if (
    /^to$/i.test(sign) &&
    !/(?:set|change[ds]?|reset)\s(?:\S{1,20}\s){0,3}$/i.test(before) &&
    !/\b(?:set|changed?|reset)\b/i.test(match[0])
  )
    return false;
  const isSign = /[:=>→]$/.test(sign);
  if (quoted !== undefined) return !/\s/.test(value) || isSign || owner !== undefined;
  if (hasMark(value)) return isSign || /\d/.test(value) || value.length >= 6;
  if (isPlainWord(value) || /^\p{L}+(?:ed|ing|ly|n't|ado|ada|mente)$/iu.test(value) || value.length < 4) return false;
  // A word: a sentence that goes on after it is about passwords and says none.
  if (sign === '=') return true;
  if (/^\?/.test(after)) return false;
  const isEnd =
    /^\s*$|^\s?[,.;!)]|^\s(?:and|but|or|so|thanks|please|pls|if|on|for|with|y|pero|o|por|si|und|aber|et|mais|e|mas|:|\()/iu.test(
      after,
    );
  return isEnd && (isSign || owner !== undefined);
}

/** Whether a value has what words lack: digits, signs or capitals inside. */
function hasMark(value: string): boolean {
  return (
    /\p{L}.*\d|\d.*\p{L}|^\d{4,}$|[@#$%&*+^_=~!](?=.)|(?<=\p{L})[-.](?=\p{L})|\p{Ll}\p{Lu}/u.test(value) &&
    !/^\p{L}+['’]\p{L}{1,2}$/u.test(value)
  );
}

/** Whether a value is one, and no variable, path, address, file or sign of smiling. */
function isGiven(value: string): boolean {
  if (/^[\p{P}\p{S}\s]*$/u.test(value) || /^(?:\$|%|<|\{|\/|~\/|\.\.?\/|--|https?:|\*+$|x{3,}|\.{3})/i.test(value))
    return false;
  if (/^[\w.]+\(/.test(value)) return false;
  return !/^(?:password|passwd|pass|yes|no|none|null|true|false|all|foo|bar|foobar|secret|xxx+|user|username|your\S*|my\S*pass\S*|tu\S*)$/i.test(
    value.replace(/[^\p{L}\p{N}]+$/u, ''),
  );
}

function isOption({ secret, match, after }: Found): boolean {
  if (!isGiven(secret)) return false;
  if (/^echo/i.test(match[0])) return /^["']?\s?\|\s?(?:sudo\s-S|passwd|chpasswd)/.test(after);
  return /^--(?:user|proxy-user)/i.test(match[0]) ? secret.includes(':') : true;
}

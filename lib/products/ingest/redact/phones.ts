import { type CountryCode, isPossiblePhoneNumber, isValidPhoneNumber } from 'libphonenumber-js/max';
import { type Found, finder, type Rule } from './rule.ts';

/** Countries whose national numbers are recognized without a word that announces them. */
const COUNTRIES: readonly CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'MX',
  'AR',
  'CL',
  'CO',
  'BR',
  'IN',
  'IT',
  'PT',
  'PE',
  'VE',
  'EC',
  'UY',
  'NL',
  'BE',
  'CH',
  'AT',
  'IE',
  'AU',
  'NZ',
  'ZA',
  'SE',
  'NO',
  'FI',
  'DK',
  'PL',
  'RU',
  'UA',
  'TR',
  'JP',
  'CN',
  'KR',
  'PH',
  'MY',
  'ID',
  'PK',
  'IL',
  'NG',
];
const TRUNK_ZERO: readonly CountryCode[] = COUNTRIES.filter(
  (country) => !['US', 'ES', 'CL', 'CO', 'PT', 'NO', 'DK', 'PL', 'MX'].includes(country),
);
/** How the digits of national numbers without a trunk zero are grouped, and where. */
const GROUPED: ReadonlyMap<string, readonly CountryCode[]> = new Map([
  ['1-4-4', ['CL']],
  ['2-4-4', ['MX', 'AR', 'BR', 'IT', 'IN']],
  ['2-2-4-4', ['MX', 'AR', 'CL', 'BR', 'IN']],
  ['2-5-4', ['BR']],
  ['3-3-4', ['US', 'CO', 'MX', 'AR', 'IN', 'IT', 'VE', 'TR']],
  ['3-7', ['CO', 'IT', 'VE']],
  ['3-4-3', ['CO', 'IN']],
  ['3-3-2-2', ['CO', 'MX', 'IT', 'TR', 'RU']],
  ['4-3-3', ['IN', 'AR']],
  ['5-5', ['IN']],
  ['3-3-3', ['ES', 'PE', 'PT', 'PL']],
  ['3-2-2-2', ['ES', 'PT', 'PL', 'UA']],
  ['2-3-2-2', ['ES', 'PL']],
  ['2-3-4', ['EC', 'PE', 'AR']],
  ['3-6', ['ES', 'PT']],
  ['2-7', ['CL', 'PT']],
  ['2-2-2-2-2', ['MX', 'IN']],
  ['3-2-2-3', ['IT']],
  ['1-3-3-4', ['US', 'RU']],
] satisfies readonly (readonly [string, readonly CountryCode[]])[]);

const INTERNATIONAL = /(?<![\p{L}\p{N}+])(?:\+|00)\s?(?:\([1-9]\d{0,2}\)|[1-9])(?:[\s().-]{0,2}\d|\/\d){6,14}(?!\d)/gu;
const NORTH_AMERICAN =
  /(?<![\p{L}\p{N}.-])(?:1[\s.-])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[\s.-]{1,2})\d{3}[\s.-]\d{4}(?![\p{L}\p{N}]|[.-]\d)/gu;
const BARE = /(?<![\p{L}\p{N}.,:/=#_-])(?:[2-9]\d{2}[2-9]\d{6}|[67]\d{8}|0[1-9]\d{8,9})(?![\p{L}\p{N}_/=]|[.:-]\d)/gu;
const GROUPS =
  /(?<![\p{L}\p{N}.,:/=#_$€£+-]|\d\s)\(?\d{1,5}\)?(?:(?:\s?[./-]\s?|\s|(?<=\)))\(?\d{2,8}\)?(?!\d)){1,5}(?![\p{L}\p{N}_%/=:]|[.,:-]\d|\s?(?:[KMGT]i?B|kb|mb|gb|bytes?|blocks?|[mkg]?hz|rpm|px|sectors?|packets?|€|%)(?!\p{L}))/giu;
const WORD =
  'tel|tlf|tlfno|tfno|tfn|phone(?: number| no\\.?)?|ph|mobile|mob|cell(?:ular)?|cel|whats?app|wsp|wasap|wapp|zap|fono|fone|fon|fax|sms|text me|call(?: me)?(?: at| on)?|ring(?: me)?(?: at| on)?|dial|movil|m[oó]vil|celular|tel[eé]fono|telefone|t[eé]l[eé]phone|telefon|handy|portable|ll[aá]mame(?: al?)?|m[aá]rcame(?: al?)?|llamar al?|my number|mi n[uú]mero|n[uú]mero de tel[eé]fono|contact number|meine nummer|mon num[eé]ro|appelle[- ]moi|ruf mich an|liga(?:r)? (?:para|pro)|signal|skype';
const AFTER_WORD = new RegExp(
  `(?<!\\p{L})(?:${WORD})(?:\\s(?:is|es|number|at|on|to|al|a|me|no|nr|au|unter|é|ist|number is|est(?: le)?))?[\\s:.#=-]{1,4}(?<secret>(?:\\+|\\()?\\d(?:[\\s().\\/-]{0,2}\\d){6,14})(?!\\d)`,
  'giu',
);
const BEFORE_WORD =
  /(?<![\p{L}\p{N}.,:/=#_+-])(?<secret>\(?\d(?:[\s()./-]{0,2}\d){6,11})(?=\s?\(?(?:is (?:my|the) (?:number|phone|cell|mobile)|es mi (?:n[uú]mero|tel|cel|m[oó]vil)|cell|mobile|whatsapp|(?:call|text|ring) me)(?!\p{L}))/giu;

/** Telephone numbers: international ones, national ones by how they are grouped, and any after a word that announces it. */
export const PHONE_RULES: readonly Rule[] = [
  { kind: 'phone', digits: 7, any: ['+', '00'], find: finder(INTERNATIONAL, isInternational) },
  { kind: 'phone', digits: 7, find: finder(AFTER_WORD, ({ secret }) => !isDottedOrDate(secret)) },
  { kind: 'phone', digits: 7, find: finder(BEFORE_WORD, ({ secret }) => !isDottedOrDate(secret)) },
  { kind: 'phone', digits: 10, hint: /\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}/, find: finder(NORTH_AMERICAN) },
  { kind: 'phone', digits: 9, run: 9, hint: /\d{9}/, find: finder(BARE, isBare) },
  { kind: 'phone', digits: 8, hint: /\d(?:[\s()./-]{0,3}\d){7}/, find: finder(GROUPS, isGrouped) },
];

function isInternational({ secret, before }: Found): boolean {
  if (/^00/.test(secret) && /^(?:00[\s.:-]){2}/.test(secret)) return false;
  return !/[\d][eE]?$/.test(before);
}

function isBare({ secret, before }: Found): boolean {
  if (
    /(?:bug|lp|#|id|issue|ticket|pid|inode|size|bytes|sectors?|block|serial|time|epoch|offset|uid|total)\W{0,3}$/i.test(
      before,
    )
  )
    return false;
  if (new Set(secret).size < 3) return false;
  if (!secret.startsWith('0')) return true;
  return TRUNK_ZERO.some((country) => isValidPhoneNumber(secret, country));
}

/** An IP address, a date or a time: what an announcing word is as often followed by. */
function isDottedOrDate(secret: string): boolean {
  return /^\(?\d{1,3}(?:\.\d{1,3}){2,3}(?:\)|\s|$)|^\d{4}[-./]\d{2}[-./]\d{2}|^\d{1,2}[-./]\d{1,2}[-./]\d{4}(?:\s|$)/.test(
    secret,
  );
}

function isGrouped({ secret, before }: Found): boolean {
  const groups = secret.match(/\d+/g) ?? [];
  const digits = groups.join('');
  if (digits.length < 8 || digits.length > 13 || isDottedOrDate(secret) || /^\d+$/.test(secret)) return false;
  if (new Set(digits).size < 3) return false;
  if (/(?:bug|lp|version|v|kernel|id|size|total|blocks|bytes|sectors?)\W{0,3}$/i.test(before)) return false;
  // A decimal point parts two numbers; phone numbers with points have three or more parts.
  if (/\./.test(secret) && (groups.length < 3 || /[\s-]/.test(secret.replace(/[()]\s?/g, '')))) return false;
  if (digits.startsWith('0') && !digits.startsWith('00')) return isTrunkZero(secret, groups, digits);
  const shape = groups.map(({ length }) => length).join('-');
  const isLoose = /^\(/.test(secret);
  if (isLoose && (digits.length === 10 || digits.length === 11))
    return COUNTRIES.some((country) => isPossiblePhoneNumber(digits, country)) && groups.length >= 2;
  const countries = GROUPED.get(shape) ?? [];
  if (shape === '5-5' || shape === '3-6' || shape === '3-7' || shape === '2-7')
    return isSeparated(secret) && countries.some((country) => isMobile(digits, country));
  return countries.some((country) => isValidPhoneNumber(digits, country));
}

/** A number with a trunk zero: 9 to 12 digits, the first group an area or a mobile network. */
function isTrunkZero(secret: string, groups: readonly string[], digits: string): boolean {
  if (digits.length < 9 || digits.length > 12 || (groups[0]?.length ?? 0) < 2) return false;
  if (groups.length > 1 && groups.every(({ length }) => length === 2) && digits.length !== 10) return false;
  if (/^\d{2}[-/.]\d{2}[-/.]\d{4}/.test(secret) || groups.slice(1).some(({ length }) => length > 8)) return false;
  return (
    TRUNK_ZERO.some((country) => isValidPhoneNumber(digits, country)) ||
    (/^\(?0\d{2,5}\)?[\s/-]/.test(secret) && TRUNK_ZERO.some((country) => isPossiblePhoneNumber(digits, country)))
  );
}

function isSeparated(secret: string): boolean {
  return /\d[\s-]\d/.test(secret);
}

/** Whether digits are a valid number of a country that begins as its mobile numbers do. */
function isMobile(digits: string, country: CountryCode): boolean {
  return /^[36789]/.test(digits) && isValidPhoneNumber(digits, country);
}

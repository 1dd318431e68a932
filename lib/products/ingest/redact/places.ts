import { finder, type Rule } from './rule.ts';

const WORDS = String.raw`(?:\p{Lu}[\p{L}'’.-]{0,30}\s){1,4}`;
/** Kinds of street that are no other word, and those that are: these only with a capital. */
const STREET =
  '(?:[Ss]treet|STREET|[Aa]venue|[Bb]oulevard|[Ll]ane|[Rr]oad|[Pp]arkway|[Hh]ighway|[Cc]rescent|St|Ave|Blvd|Rd|Ln|Dr|Drive|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close|Gardens|Grove|Hill|Walk|Row|Mews|Pkwy|Hwy|Circle|Cir|Trail|Loop|Broadway)';
const UNIT = String.raw`(?:,?\s(?:[Aa]pt|[Aa]partment|[Ss]uite|[Uu]nit|[Ff]lat|#)\.?\s?[\p{L}\p{N}-]{1,6})?`;
const ENGLISH = new RegExp(
  String.raw`(?<![\p{L}\p{N}.:/-])\d{1,5}[A-Za-z]?,?\s(?:(?:[NSEW]|North|South|East|West)\.?\s)?(?:${WORDS}|\d{1,3}(?:st|nd|rd|th)\s)${STREET}(?![\p{L}\p{N}])\.?${UNIT}`,
  'gu',
);
/** In small letters only with the words that are hardly anything else. */
const SMALL_ENGLISH =
  /(?<![\p{L}\p{N}.:/-])(?<!(?:the|in|of|sata|ide) )\d{1,5}[a-z]?\s(?!(?:on|in|of|to|at|and|the|a|way|lane|miles?|km|hours?|minutes?|meters?|feet)\s)(?:[\p{L}'’]{3,20}\s){1,2}(?:street|avenue|boulevard|parkway|road)(?![\p{L}\p{N}])/giu;
const BOX =
  /(?<![\p{L}\p{N}])(?:p\.?\s?o\.?\s?box|apartado(?: de correos| postal)?|casilla|postfach)\s?#?\s?(?<secret>\d{1,6})(?!\d)/giu;
const SPANISH =
  /(?<![\p{L}\p{N}])(?:c\/|calle|cl\.|avenida|avda?\.?|av\.|paseo|p\.º|plaza|plza\.?|pza\.?|camino|carretera|ctra\.?|ronda|traves[ií]a|pasaje|jir[oó]n|jr\.|rua|alameda|largo|travessa|via|viale|piazza|corso|rue|chemin|allée|place|callej[oó]n|calzada|bulevar|col\.|colonia|urb\.|urbanizaci[oó]n|barrio)\s?(?!(?:http|www))(?:(?:de|del|da|do|das|dos|la|las|los|el|du|des|le|san|santa|general|gral\.?|dr\.?)\s){0,3}(?:[\p{L}'’.]{2,25}\s?){1,4}?(?:,|\s|,\s)?(?:n[uú]mero|n[uú]m\.?|n[.º°]|no\.|#|nº)?\s?\d{1,5}(?![\p{L}\p{N}]|[.:,]\d|\s?(?:%|a[nñ]os|grados|veces|horas|euros|gb|mb|min|d[ií]as))(?:,?\s?(?:piso|depto\.?|dpto\.?|apto\.?|int\.?|bajo|puerta|\d{1,2}[ºª°])\s?[\p{L}\p{N}]{0,5})?/giu;
const COLOMBIAN =
  /(?<![\p{L}\p{N}])(?:calle|cl\.?|carrera|cra\.?|cr\.?|kr\.?|transversal|diagonal|dg\.?|avenida|av\.?)\s?\d{1,3}\s?[a-z]?(?:\s(?:bis|sur|norte))?\s?(?:#|no\.?|n[º°]|nro\.?)\s?\d{1,3}\s?[a-z]?(?:\s?-\s?\d{1,3})?/giu;
const FRENCH =
  /(?<![\p{L}\p{N}.:/-])\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|impasse|chemin|allée|place|quai)\s(?:(?:de|du|des|la|le|les|l'|d')\s?){0,3}\p{L}[\p{L}'’-]{1,30}(?:\s\p{Lu}[\p{L}'’-]{1,30}){0,3}/gu;
const GERMAN =
  /(?<![\p{L}\p{N}])\p{Lu}[\p{L}-]{2,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|damm|ufer)\s\d{1,4}\s?[a-z]?(?![\p{L}\p{N}]|[.:]\d)/gu;
const POSTCODE =
  /(?<![\p{L}\p{N}])(?:zip(?: ?code)?|post ?code|postal code|c[oó]digo postal|c\.?p\.?|cep|plz)(?:\s(?:is|es))?\s?[:=]?\s(?<secret>\d{5}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\p{L}\p{N}])/giu;
const UK_POSTCODE = /(?<![\p{L}\p{N}-])[A-Z]{1,2}\d[A-Z\d]? \d[A-BD-HJLNP-UW-Z]{2}(?![\p{L}\p{N}-])/gu;
const DECIMAL =
  /(?<![\d.])(?<lat>[-+]?\d{1,2}\.\d{3,15})\s?[°º]?\s?[NS]?\s?(?:[,;/]|\s)\s?(?<lon>[-+]?1?\d{1,2}\.\d{3,15})(?!\d|\.\d)(?:\s?[°º]?\s?[EWO](?!\p{L}))?/gu;
const NAMED_POSITION =
  /(?<![\p{L}])(?:lat(?:itude?)?|lon(?:g|gitude?)?|lng|latitud|longitud)\s?[:=]?\s?(?:is|es)?\s?(?<secret>[-+]?\d{1,3}[.,]\d{2,15}(?:\s?[°º]?\s?[NSEW](?!\p{L}))?)/giu;
const DEGREES =
  /\d{1,3}\s?[°º]\s?\d{1,2}(?:[.,]\d{1,6})?\s?['′’](?:\s?\d{1,2}(?:[.,]\d{1,6})?\s?(?:["″”]|''))?\s?[NSEWO]?(?:[,;]?\s?\d{1,3}\s?[°º]\s?\d{1,2}(?:[.,]\d{1,6})?\s?['′’](?:\s?\d{1,2}(?:[.,]\d{1,6})?\s?(?:["″”]|''))?\s?[NSEWO]?)?/gu;

/** Street addresses, post codes and positions on earth, as they are written in English, Spanish and their neighbours. */
export const PLACE_RULES: readonly Rule[] = [
  {
    kind: 'place',
    digits: 1,
    hint: /\d[a-z]?,? [A-Z\d]/i,
    find: finder(ENGLISH, ({ secret }) => !/^\d+\s(?:GB|MB|KB|TB|Gb|Mb|RAM|CD|DVD|PC|USB|IDE|SATA)\s/.test(secret)),
  },
  { kind: 'place', digits: 1, any: ['street', 'avenue', 'boulevard', 'parkway', 'road'], find: finder(SMALL_ENGLISH) },
  { kind: 'place', digits: 1, any: ['box', 'apartado', 'casilla', 'postfach'], find: finder(BOX) },
  {
    kind: 'place',
    digits: 1,
    hint: /(?:\bc\/|calle|\bcl|aven|\bav|paseo|pla?za|pza|camino|carretera|ctra|ronda|trav|pasaje|jir|jr\.|rua|alameda|largo|via|piazza|corso|rue|chemin|all|place|calzada|bulevar|col|urb|barrio).*\d/i,
    find: finder(SPANISH, ({ secret }) => isSpanishAddress(secret)),
  },
  { kind: 'place', digits: 2, hint: /\d\s?[a-z]?\s?(?:bis|sur|norte)?\s?(?:#|n)/i, find: finder(COLOMBIAN) },
  {
    kind: 'place',
    digits: 1,
    any: [' rue', 'aven', 'av.', 'boulevard', ' bd', 'impasse', 'chemin', 'allée', 'place', 'quai'],
    find: finder(FRENCH),
  },
  {
    kind: 'place',
    digits: 1,
    any: ['stra', 'str.', 'weg', 'platz', 'gasse', 'allee', 'damm', 'ufer'],
    find: finder(GERMAN),
  },
  {
    kind: 'place',
    digits: 2,
    any: ['zip', 'post', 'codigo', 'código', 'cp', 'c.p', 'cep', 'plz'],
    find: finder(POSTCODE),
  },
  { kind: 'place', digits: 2, hint: /[A-Z]\d[A-Z\d]? \d[A-Z]{2}/, find: finder(UK_POSTCODE) },
  {
    kind: 'place',
    digits: 8,
    hint: /\d\.\d{3}.*\d\.\d{3}/,
    find: finder(DECIMAL, ({ match }) => isPosition(match.groups ?? {}, match[0])),
  },
  { kind: 'place', digits: 3, any: ['lat', 'lon', 'lng'], find: finder(NAMED_POSITION) },
  { kind: 'place', digits: 2, any: ['°', 'º'], find: finder(DEGREES) },
];

/** Words of programs and sentences that stand between a word such as `via` or `place` and a number. */
function isSpanishAddress(secret: string): boolean {
  const words = secret.split(/[\s,.]+/);
  const [first = '', second = ''] = words;
  const isSure =
    /^(?:c\/|calle|avenida|avda|av|paseo|carretera|ctra|rua|piazza|viale|jir[oó]n|jr)$/iu.test(first) ||
    /^c\//i.test(secret);
  const hasName = words.slice(1, -1).some((word) => /^\p{Lu}\p{L}+$/u.test(word));
  if (!isSure || /^c\//i.test(secret))
    return /^\p{Lu}/u.test(second.replace(/^(?:de|del|la|los|las)$/i, 'X')) && hasName;
  return hasName || words.length <= 4;
}

/** Whether two decimals are a latitude and a longitude: in range and so exact that they say where. */
function isPosition({ lat = '', lon = '' }: Record<string, string | undefined>, whole: string): boolean {
  const isExact = Math.min(decimals(lat), decimals(lon)) >= 4 || /[°º]|[NS].*[EWO]/.test(whole) || /[-+]/.test(whole);
  const isPair = /[,;/°ºNS]/.test(whole);
  const isFar = Math.abs(Number(lat)) >= 1 || Math.abs(Number(lon)) >= 1;
  return isExact && isPair && isFar && Math.abs(Number(lat)) <= 90 && Math.abs(Number(lon)) <= 180;
}

function decimals(number: string): number {
  return number.split('.')[1]?.length ?? 0;
}

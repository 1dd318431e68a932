import { finder, type Rule } from './rule.ts';

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|se[pt]+iembre|octubre|noviembre|diciembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|ene|abr|ago|dic)(?!\\p{L})';
const DATE = `(?:\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}\\s?[-/.]\\s?\\d{1,2}\\s?[-/.]\\s?\\d{2,4}|(?:the\\s)?\\d{1,2}(?:st|nd|rd|th|º)?\\.?\\s?(?:of\\s|de\\s|[-/])?${MONTH}\\.?(?:,?[\\s/-](?:de\\s|del\\s)?\\d{2,4})?|${MONTH}\\.?\\s\\d{1,2}(?:st|nd|rd|th)?(?!\\d)(?:,?\\s\\d{4})?|\\d{1,2}[-/]\\d{1,2}(?![-/\\d])|\\d{8}(?!\\d))`;
const NAMED =
  "b(?:irth)?-?day|birth ?date|date of birth|d\\.?o\\.?b\\.?|(?:fecha de )?nacimiento|cumpleaños|cumple|cumplo(?: años)?|nac[ií](?:do|da|ó)?|(?:i(?:'m| was| am)?|he was|she was|was|were) born|born|aniversário|nasci|geboren|née? le";
const BIRTHDAY = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${NAMED})(?![\\p{L}])[\\s:=,]{0,3}(?:[\\p{L}'’]{1,12}[\\s:=,]{1,2}){0,4}?(?<secret>${DATE})`,
  'giu',
);
const BORN_IN =
  /(?<![\p{L}\p{N}])(?:i was born|i'm born|i am born|nací|soy del|my birth ?year|year of birth|año de nacimiento|nasci|né en|ich bin)\s?(?:[:=]\s?)?(?:is |in |en |es |el |em |back in |año )?(?<secret>(?:19|20)\d{2}|'\d{2})(?!\d)/giu;
const BORN_AFTER = new RegExp(
  `(?<secret>${DATE})(?:,|\\s(?:is|es))\\s(?:my|mi)\\s(?:b(?:irth)?-?day|cumpleaños|cumple)`,
  'giu',
);

/** Dates of birth, where the text says that they are. */
export const BIRTHDAY_RULES: readonly Rule[] = [
  {
    kind: 'birthday',
    any: [
      'bday',
      'b-day',
      'birth',
      'dob',
      'd.o.b',
      'naci',
      'nací',
      'cumpl',
      'born',
      'anivers',
      'nasci',
      'geboren',
      'né le',
      'née le',
      'ne le',
    ],
    digits: 1,
    find: finder(BIRTHDAY),
  },
  {
    kind: 'birthday',
    any: ['born', 'birth', 'nací', 'soy del', 'nacimiento', 'nasci', 'né en'],
    digits: 2,
    find: finder(BORN_IN),
  },
  { kind: 'birthday', any: ['bday', 'b-day', 'birth', 'cumple'], digits: 1, find: finder(BORN_AFTER) },
];

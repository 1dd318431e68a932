/** Greetings in English and Spanish, longest first; found at the start of a message only. */
export const GREETINGS: readonly string[] = [
  'good morning',
  'good evening',
  'good afternoon',
  'good night',
  'hey guys',
  'hi all',
  'hi guys',
  'hello all',
  'hello everyone',
  'hi everyone',
  'hi there',
  'hello there',
  'hey all',
  'buenos días',
  'buenos dias',
  'buenas tardes',
  'buenas noches',
  'hola a todos',
  'qué tal',
  'que tal',
  'hello',
  'hi',
  'hey',
  'howdy',
  'morning',
  'evening',
  'greetings',
  'heya',
  'hiya',
  'hola',
  'buenas',
  'saludos',
  'ey',
];

/** Words of thanks and courtesy in English and Spanish. */
export const COURTESY: ReadonlySet<string> = new Set(
  'thanks thank thx ty thanx cheers please pls plz sorry welcome gracias porfa porfavor perdón perdon disculpa disculpen'.split(
    ' ',
  ),
);

/** Laughter in English and Spanish. */
export const LAUGHTER =
  /^(?:(?:ha){2,}h?|a?(?:ha){2,}|(?:he){2,}|(?:hi){2,}|a?(?:ja){2,}j?|(?:je){2,}|(?:ji){2,}|l+o+l+|lmao|rofl|lulz|xd+|jsj[sj]+)$/u;

/** Emoticons typed of characters, with white space or an end on both sides. */
export const EMOTICON =
  /(?<=^|\s)(?:[:;=8xX][-'^o]?[)(\][dDpPoO3|/\\*]|[)(][-']?[:;=]|<3|\^[_.]?\^|[oO][._][oO]|-[_.]-|[xX][dD]|\\o\/|[:;]_[;:]|:'\(|¬¬)(?=$|[\s.,!?])/gu;

/** Emoji, whole sequences: with skin tones, joiners and flags. */
export const EMOJI =
  /(?:\p{Regional_Indicator}{2}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)\p{Emoji_Modifier}?(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?){0,4}/gu;

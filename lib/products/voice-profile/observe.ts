import type { LibraryMessage } from '../chat-index/library.ts';
import { type Message, refOf } from '../ingest/message.ts';
import { COURTESY, EMOJI, EMOTICON, GREETINGS, LAUGHTER } from '../text/manners.ts';
import { isQuestion } from '../text/question.ts';
import { BARE_CONTRACTIONS, ENGLISH_STOP_WORDS, SPANISH_STOP_WORDS } from '../text/stop-words.ts';
import { proseOf, wordsOf } from '../text/tokens.ts';

/** What a message can show, yes or no. */
export const FEATURES = [
  'question',
  'exclamation',
  'ellipsis',
  'endStop',
  'lowerCaseStart',
  'shouted',
  'addressed',
  'action',
  'link',
  'greeting',
  'thanks',
  'laughter',
  'emoticon',
  'emoji',
  'english',
  'spanish',
] as const;
export type Feature = (typeof FEATURES)[number];

/** One message, looked at. */
export interface Observation {
  readonly ref: string;
  readonly day: string;
  readonly hour: number;
  readonly words: readonly string[];
  readonly sentences: number;
  readonly features: ReadonlySet<Feature>;
  readonly greeting: string | undefined;
  readonly signs: readonly string[];
}

/** Looks at one message for how it is said, not what. */
export function observe({ message }: LibraryMessage): Observation {
  const prose = withoutAddress(proseOf(message.text));
  const words = wordsOf(prose);
  const greeting = greetingOf(words);
  const signs = [...prose.matchAll(EMOTICON), ...prose.matchAll(EMOJI)].map(([sign]) => sign.slice(0, 24));
  return {
    ref: refOf(message),
    day: message.day,
    hour: Number(message.time.slice(0, 2)),
    words,
    sentences: Math.max(1, prose.split(/[.!?…]+(?:\s|$)/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length),
    features: featuresOf(message, prose, words, greeting),
    greeting,
    signs,
  };
}

function featuresOf(
  message: Message,
  prose: string,
  words: readonly string[],
  greeting: string | undefined,
): ReadonlySet<Feature> {
  const letters = prose.match(/\p{L}/gu)?.length ?? 0;
  const shows: Record<Feature, boolean> = {
    question: isQuestion(message.text),
    exclamation: /[!¡]/u.test(prose),
    ellipsis: /\.{2,}|…/u.test(prose),
    endStop: /[.!?]["')\]]*$/u.test(prose.trim()),
    lowerCaseStart: /^[^\p{L}]*\p{Ll}/u.test(prose),
    shouted: letters >= 4 && !/\p{Ll}/u.test(prose) && /\p{Lu}{4}/u.test(prose),
    addressed: (message.to ?? []).length > 0,
    action: message.action === true,
    link: /https?:\/\/|www\./iu.test(message.text),
    greeting: greeting !== undefined,
    thanks: words.some((word) => COURTESY.has(word)),
    laughter: words.some((word) => LAUGHTER.test(word)),
    emoticon: prose.search(EMOTICON) >= 0,
    emoji: prose.search(EMOJI) >= 0,
    ...languageOf(words),
  };
  return new Set(FEATURES.filter((feature) => shows[feature]));
}

/** The language with more of its function words; of words that both have, neither gains. */
function languageOf(words: readonly string[]): { readonly english: boolean; readonly spanish: boolean } {
  let english = 0;
  let spanish = 0;
  for (const word of words) {
    const isEnglish = ENGLISH_STOP_WORDS.has(word) || BARE_CONTRACTIONS.has(word);
    const isSpanish = SPANISH_STOP_WORDS.has(word);
    if (isEnglish && !isSpanish) english += 1;
    if (isSpanish && !isEnglish) spanish += 1;
    if (/[ñ¿¡]/u.test(word)) spanish += 1;
  }
  return { english: english > spanish, spanish: spanish > english };
}

function greetingOf(words: readonly string[]): string | undefined {
  const opening = `${words.slice(0, 3).join(' ')} `;
  return GREETINGS.find((greeting) => opening.startsWith(`${greeting} `));
}

/** What is left of a message when the names it is addressed to are gone: `proseOf` leaves their punctuation. */
function withoutAddress(prose: string): string {
  return prose.replace(/^(?:\s*[:;,>]\s*)+/u, '').trim();
}

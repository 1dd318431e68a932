import type { HeardLine } from '../core/channel.ts';
import { type Casemapping, sameNick } from '../core/nick.ts';
import { isAnswer } from './reply.ts';

/** The topic of a person's question; `help` is also for questions that match no other topic. */
export type QuestionTopic = 'price' | 'sells' | 'needs' | 'status' | 'why' | 'help';

/** A person's question and the language of the answer. `products` are the known products that it names. */
export interface Question {
  readonly topic: QuestionTopic;
  readonly language: 'en' | 'es';
  readonly products: readonly string[];
}

const LONGEST_QUESTION = 1024;

interface Wording {
  readonly topic: QuestionTopic;
  readonly language: 'en' | 'es';
  readonly pattern: RegExp;
}

// In order: the first match wins. Patterns match text in lower case without accents, with single spaces between words.
const WORDINGS: readonly Wording[] = [
  wording('help', 'en', 'how (?:do|can|should) i'),
  wording('help', 'es', 'como (?:puedo|hago)'),
  wording('why', 'en', 'why', 'how come', 'for what reason'),
  wording('why', 'es', 'por ?que', 'a que se debe', 'motivo'),
  wording(
    'needs',
    'en',
    'what (?:do|are|would) you (?:need|want|buy|buying|looking for)',
    'needs?',
    'wants?',
    'buy(?:ing)?',
  ),
  wording('needs', 'es', 'que (?:necesitas|quieres|compras|buscas)', 'necesitas?', 'compras?', 'buscas?'),
  wording('price', 'en', 'prices?', 'how much', 'costs?', 'pricing'),
  wording(
    'price',
    'es',
    'precios?',
    'cuanto (?:cuesta|cuestan|vale|valen|sale|es|cobras)',
    'cuanto',
    'cuesta',
    'tarifas?',
  ),
  wording(
    'sells',
    'en',
    'what (?:do|are|can) you (?:sell|selling|offer|offering|have)',
    'sell(?:ing)?',
    'offers?',
    'catalog(?:ue)?',
    'products?',
  ),
  wording('sells', 'es', 'que (?:vendes|ofreces|tienes)', 'vendes?', 'ofreces?', 'ofertas?', 'catalogo', 'productos?'),
  wording(
    'status',
    'en',
    'status',
    'how are you',
    'how is it going',
    'what are you (?:doing|up to)',
    'are you (?:ok|alive|there)',
    'ping',
    'balance',
    'uptime',
  ),
  wording(
    'status',
    'es',
    'estado',
    'como (?:estas|vas|va)',
    'que (?:haces|estas haciendo)',
    'estas (?:ahi|vivo|bien)',
    'saldo',
  ),
  wording('help', 'en', 'help', 'commands?', 'who are you', 'what are you', 'hello', 'hi', 'hey'),
  wording('help', 'es', 'ayuda', 'comandos?', 'quien eres', 'que eres', 'hola', 'buenas'),
];

function wording(topic: QuestionTopic, language: 'en' | 'es', ...phrases: readonly string[]): Wording {
  return { topic, language, pattern: new RegExp(`(?:^| )(?:${phrases.join('|')})(?= |$)`) };
}

/** The agent that is asked, and how the server compares nicks. */
export interface Addressee {
  readonly nick: string;
  readonly casemapping: Casemapping;
}

/**
 * Parses a line as a question to the addressee, in English or Spanish; undefined if it isn't addressed to it, isn't a
 * question, or comes from an agent. `products` are the names to look for. Never throws.
 */
export function parseQuestion(
  { text, said }: Pick<HeardLine, 'text' | 'said'>,
  addressee: Addressee,
  products: readonly string[] = [],
): Question | undefined {
  if (text.length > LONGEST_QUESTION || isAnswer(text) || said !== undefined) return undefined;
  const asked = addressedTo(text, addressee);
  if (asked === undefined) return undefined;
  const words = plainWords(asked);
  const named = products.filter((product) => ` ${words} `.includes(` ${plainWords(product)} `));
  const found = WORDINGS.find(({ pattern }) => pattern.test(words));
  if (found !== undefined) return { topic: found.topic, language: found.language, products: named };
  if (!asked.includes('?')) return undefined;
  return { topic: named.length > 0 ? 'price' : 'help', language: asked.includes('¿') ? 'es' : 'en', products: named };
}

/** The text of a line without the nick that it is addressed to: at its start (`nick: …`, `@nick …`) or end (`…, nick?`). */
function addressedTo(line: string, { nick, casemapping }: Addressee): string | undefined {
  const space = line.indexOf(' ');
  const first = space === -1 ? line : line.slice(0, space);
  if (space !== -1 && sameNick(bareNick(first), nick, casemapping)) return line.slice(space + 1);
  const last = line.slice(line.lastIndexOf(' ') + 1);
  if (space !== -1 && sameNick(bareNick(last), nick, casemapping))
    return `${line.slice(0, line.lastIndexOf(' '))}${/[?]/.test(last) ? '?' : ''}`;
  return undefined;
}

function bareNick(word: string): string {
  return word.replace(/^@/, '').replace(/[:,;.!?]{1,4}$/, '');
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

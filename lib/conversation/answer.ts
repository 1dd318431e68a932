import type { Hex } from 'viem';
import { wireId } from '../core/ids.ts';
import { formatUsdc } from '../core/money.ts';
import type { Question } from './question.ts';

/** The agent's own facts, which are all that an answer contains. */
export interface AnswerFacts {
  readonly offers: readonly { readonly id: Hex; readonly product: string; readonly priceAtomic: bigint }[];
  readonly needs: readonly { readonly product: string; readonly maxPriceAtomic: bigint }[];
  readonly status: string;
  readonly reasons: readonly string[];
  readonly help: string;
}

const WORDS = {
  en: {
    sell: 'I sell',
    nothingForSale: 'I have nothing for sale right now.',
    buy: 'I am looking for',
    nothingWanted: 'There is nothing I want to buy right now.',
    upTo: 'up to',
    pieces: 'pieces',
    noReason: 'I have not decided anything yet.',
  },
  es: {
    sell: 'Vendo',
    nothingForSale: 'Ahora mismo no tengo nada en venta.',
    buy: 'Busco',
    nothingWanted: 'Ahora mismo no quiero comprar nada.',
    upTo: 'hasta',
    pieces: 'piezas',
    noReason: 'Todavía no he decidido nada.',
  },
} as const;

/** Answers a question in one line of plain words, in its language. Never repeats text of the asker. */
export function answer(question: Question, facts: AnswerFacts): string {
  switch (question.topic) {
    case 'price':
    case 'sells':
      return forSale(question, facts);
    case 'needs':
      return wanted(question, facts);
    case 'status':
      return facts.status;
    case 'why':
      return facts.reasons.slice(0, 2).join('; ') || WORDS[question.language].noReason;
    case 'help':
      return facts.help;
  }
}

function forSale(question: Question, facts: AnswerFacts): string {
  const words = WORDS[question.language];
  const asked = facts.offers.filter(({ product }) => question.products.includes(product));
  const offers = asked.length > 0 ? asked : facts.offers;
  if (offers.length === 0) return words.nothingForSale;
  const lines = [...groupByProduct(offers)].map(([product, [first, ...rest]]) => {
    const all = [first, ...rest];
    const prices = all.map(({ priceAtomic }) => priceAtomic).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const low = formatUsdc(prices[0] ?? 0n);
    const high = formatUsdc(prices.at(-1) ?? 0n);
    const price = low === high ? `${low} USDC` : `${low}–${high} USDC`;
    return all.length === 1
      ? `${product} ${price} (offer:${wireId(first.id)})`
      : `${product} ${price}, ${all.length} ${words.pieces}`;
  });
  return `${words.sell}: ${lines.join('; ')}.`;
}

function wanted(question: Question, facts: AnswerFacts): string {
  const words = WORDS[question.language];
  if (facts.needs.length === 0) return words.nothingWanted;
  const most = new Map<string, bigint>();
  for (const { product, maxPriceAtomic } of facts.needs) {
    const known = most.get(product);
    if (known === undefined || maxPriceAtomic > known) most.set(product, maxPriceAtomic);
  }
  const lines = [...most].map(([product, price]) => `${product} (${words.upTo} ${formatUsdc(price)} USDC)`);
  return `${words.buy}: ${lines.join('; ')}.`;
}

type Offer = AnswerFacts['offers'][number];

function groupByProduct(offers: readonly Offer[]): ReadonlyMap<string, readonly [Offer, ...Offer[]]> {
  const groups = new Map<string, [Offer, ...Offer[]]>();
  for (const offer of offers) {
    const group = groups.get(offer.product);
    if (group === undefined) groups.set(offer.product, [offer]);
    else group.push(offer);
  }
  return groups;
}

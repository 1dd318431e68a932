import type { WireAnnouncement } from '../core/channel.ts';
import { parseUsdc } from '../core/money.ts';
import { cleanLine } from './text.ts';

// Longer lines can't arrive over IRC; they are refused before any work is done.
const LONGEST_LINE = 1024;

const NICK = '([A-Za-z_\\[\\]\\\\^{}|`][A-Za-z0-9_\\-\\[\\]\\\\^{}|`]{0,63})';
const PRODUCT = '([a-z][a-z0-9-]{1,30})';
const PRICE = '(\\d{1,12}(?:\\.\\d{1,6})?) USDC';
const FIELD = '([^|]+)';
const ID = '([0-9a-f]{8,64})';

const HAVE = new RegExp(`^HAVE: ${PRODUCT} [×x](\\d{1,6}) \\| ${PRICE} \\| ${FIELD} \\| offer:${ID}$`, 'u');
const NEED = new RegExp(`^NEED: ${PRODUCT} \\| (?:<=|≤) ?${PRICE} \\| ${FIELD} \\| need:${ID}$`, 'u');
const I_HAVE_THAT = new RegExp(`^${NICK}: I have that! ${PRODUCT} \\| ${PRICE} \\| offer:${ID} need:${ID}$`);
const INTERESTED = new RegExp(`^${NICK}: Interested! offer:${ID}$`);
const DEAL = new RegExp(`^DEAL: ${NICK} <-> ${NICK} \\| ${PRODUCT} \\| ${PRICE} \\| trade:${ID}$`);
const SETTLED = new RegExp(`^SETTLED: trade:${ID} \\| ${PRICE} \\| tx:${ID}$`);
const STATUS = /^STATUS: (.+)$/u;

/** Parses a line of the channel; undefined for anything that is not exactly an announcement. Never throws. */
export function parseAnnouncement(text: string): WireAnnouncement | undefined {
  if (text.length > LONGEST_LINE) return undefined;
  const line = cleanLine(text);
  for (const parse of PARSERS) {
    const parsed = parse(line);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

type Parser = (line: string) => WireAnnouncement | undefined;

const PARSERS: readonly Parser[] = [
  matcher(HAVE, ([product, count, price, title, offer]) => ({
    type: 'have',
    product,
    count: Number(count),
    priceAtomic: parseUsdc(price),
    title,
    offer,
  })),
  matcher(NEED, ([product, price, why, need]) => ({
    type: 'need',
    product,
    maxPriceAtomic: parseUsdc(price),
    why,
    need,
  })),
  matcher(I_HAVE_THAT, ([to, product, price, offer, need]) => ({
    type: 'i-have-that',
    to,
    product,
    priceAtomic: parseUsdc(price),
    offer,
    need,
  })),
  matcher(INTERESTED, ([to, offer]) => ({ type: 'interested', to, offer })),
  matcher(DEAL, ([buyer, seller, product, price, trade]) => ({
    type: 'deal',
    buyer,
    seller,
    product,
    priceAtomic: parseUsdc(price),
    trade,
  })),
  matcher(SETTLED, ([trade, price, tx]) => ({ type: 'settled', trade, priceAtomic: parseUsdc(price), tx })),
  matcher(STATUS, ([summary]) => ({ type: 'status', summary })),
];

/** The groups of a match, padded with empty strings. No pattern has an optional group. */
type Groups = readonly [string, string, string, string, string];

function matcher(pattern: RegExp, build: (groups: Groups) => WireAnnouncement): Parser {
  return (line) => {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    const [, a = '', b = '', c = '', d = '', e = ''] = match;
    return build([a, b, c, d, e]);
  };
}

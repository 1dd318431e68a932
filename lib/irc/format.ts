import type { Announcement } from '../core/channel.ts';
import { wireId } from '../core/ids.ts';
import { formatUsdc } from '../core/money.ts';
import { cutBytes, LINE_BYTES, wireField, wireNick } from './text.ts';

const SUMMARY_BYTES = 300;
const MOST_COUNTED = 999_999;

/**
 * Formats an announcement as one line of at most {@link LINE_BYTES} bytes, without control characters and with `|` only
 * between fields, whatever the fields contain. Titles and reasons are cut to 80 bytes at a character.
 */
export function formatAnnouncement(announcement: Announcement): string {
  return cutBytes(compose(announcement), LINE_BYTES);
}

function compose(a: Announcement): string {
  switch (a.type) {
    case 'have':
      return `HAVE: ${word(a.product)} ×${count(a.count)} | ${price(a.priceAtomic)} | ${wireField(a.title)} | offer:${wireId(a.offer)}`;
    case 'need':
      return `NEED: ${word(a.product)} | <=${price(a.maxPriceAtomic)} | ${wireField(a.why)} | need:${wireId(a.need)}`;
    case 'i-have-that':
      return `${wireNick(a.to)}: I have that! ${word(a.product)} | ${price(a.priceAtomic)} | offer:${wireId(a.offer)} need:${wireId(a.need)}`;
    case 'interested':
      return `${wireNick(a.to)}: Interested! offer:${wireId(a.offer)}`;
    case 'deal':
      return `DEAL: ${wireNick(a.buyer)} <-> ${wireNick(a.seller)} | ${word(a.product)} | ${price(a.priceAtomic)} | trade:${wireId(a.trade)}`;
    case 'settled':
      return `SETTLED: trade:${wireId(a.trade)} | ${price(a.priceAtomic)} | tx:${wireId(a.tx)}`;
    case 'status':
      return `STATUS: ${wireField(a.summary, SUMMARY_BYTES)}`;
  }
}

function price(amountAtomic: bigint): string {
  return `${formatUsdc(amountAtomic)} USDC`;
}

function word(text: string): string {
  return text.slice(0, 31).replace(/[^A-Za-z0-9_-]/g, '_') || '_';
}

function count(value: number): number {
  return Number.isSafeInteger(value) ? Math.min(Math.max(value, 0), MOST_COUNTED) : 0;
}

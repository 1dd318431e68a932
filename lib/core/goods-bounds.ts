import type { ProductName } from './ids.ts';

const [KIB, MIB] = [1024, 1024 * 1024];

/**
 * The largest goods that are traded at all, in bytes: equal to a seller's limit of unpaid sealed bytes. A backlog of half a year
 * of a busy channel (153 days, 220,000 lines) has 29 MiB.
 */
export const MAX_GOODS_BYTES = 64 * MIB;

/**
 * The most bytes that one day of chat has, as a file or in raw logs; the header counts with the first day. The busiest day of
 * 153 of #ubuntu has 0.3 MiB, a Twitch channel with 40,000 messages a day about 6 MiB.
 */
const MAX_DAY_BYTES = 8 * MIB;

/**
 * The largest goods of each product, in bytes, from what was made of 153 days of #ubuntu. They are parsed as one JSON document
 * by whoever bought them, so each bound is about ten times the largest that was seen.
 */
const DOCUMENTS: ReadonlyMap<ProductName, number> = new Map([
  // Seen: 3.3 KB. Twelve skills with six references each are its maximum.
  ['skill-profile', 32 * KIB],
  // Seen: 5.9 KB.
  ['voice-profile', 64 * KIB],
  // Seen: 6.8 KB. Sixty claims of 240 characters are its maximum.
  ['soul', 96 * KIB],
  // Seen: 49 KB. It grows with topics, which are a fixed list, and not with chat.
  ['topic-map', 512 * KIB],
  // Seen: 5.2 MB for 15,500 people. It grows with people; nothing is made from it.
  ['user-stats', 48 * MIB],
  // Seen: 2 KB. It lists the inputs of an offer: 4,096 digests are 280 KB.
  ['validation', 512 * KIB],
]);

/**
 * The most bytes that goods of a product, or a day of chat, have. Larger ones are no goods of it, whatever they cost: nobody asks for them, pays
 * for them, takes them for a report or parses them. A product that isn't known has {@link MAX_GOODS_BYTES}: nothing is
 * made from it.
 * @param unitCount days of chat for raw logs, as the seller says; any number where it isn't known.
 */
export function maxGoodsBytesOf(product: ProductName, unitCount = Number.MAX_SAFE_INTEGER): number {
  if (product === 'chat') return MAX_DAY_BYTES;
  if (product === 'raw-logs') return Math.min(MAX_GOODS_BYTES, unitCount * MAX_DAY_BYTES);
  return DOCUMENTS.get(product) ?? MAX_GOODS_BYTES;
}

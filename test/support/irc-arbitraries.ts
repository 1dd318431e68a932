import fc from 'fast-check';
import type { Hex } from 'viem';
import type { Announcement } from '../../lib/core/channel.ts';

/** Any text at all: control codes, halves of surrogate pairs, separators and long runs included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc.string({ unit: 'grapheme', maxLength: 700 }),
  fc
    .array(
      fc.constantFrom(
        ' | ',
        '|',
        '\r\n',
        '\x00',
        '\x01',
        '\x0304,05',
        '\x02',
        '\u202e',
        '\ud800',
        '😀',
        'é',
        'offer:',
        'a',
      ),
      {
        maxLength: 60,
      },
    )
    .map((parts) => parts.join('')),
);

/** An id: 32 bytes as hex. */
export const hexIds: fc.Arbitrary<Hex> = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`);

/** A nick as agents have it. */
export const agentNicks = fc.stringMatching(/^kk-[a-z0-9]{1,20}$/);
/** A product's name. */
export const products = fc.constantFrom('raw-logs', 'user-stats', 'topic-map', 'skill-profile', 'soul');
/** A price that people write: below 10^12 USDC. */
export const prices = fc.bigInt({ min: 0n, max: 10n ** 18n - 1n });

/** Announcements whose texts are hostile and whose other fields are as the types promise. */
export const announcements: fc.Arbitrary<Announcement> = withFields(
  agentNicks,
  products,
  prices,
  fc.integer({ min: 1, max: 999_999 }),
);

/** Announcements every text of which is hostile. */
export const hostileAnnouncements: fc.Arbitrary<Announcement> = withFields(
  anyText,
  anyText,
  fc.bigInt(),
  fc.oneof(fc.double(), fc.integer()),
);

function withFields(
  nick: fc.Arbitrary<string>,
  product: fc.Arbitrary<string>,
  priceAtomic: fc.Arbitrary<bigint>,
  count: fc.Arbitrary<number>,
): fc.Arbitrary<Announcement> {
  const type = <T extends Announcement['type']>(value: T) => fc.constant(value);
  return fc.oneof(
    fc.record({ type: type('have'), product, count, priceAtomic, title: anyText, offer: hexIds }),
    fc.record({ type: type('need'), product, maxPriceAtomic: priceAtomic, why: anyText, need: hexIds }),
    fc.record({ type: type('i-have-that'), to: nick, product, priceAtomic, offer: hexIds, need: hexIds }),
    fc.record({ type: type('interested'), to: nick, offer: hexIds }),
    fc.record({ type: type('deal'), buyer: nick, seller: nick, product, priceAtomic, trade: hexIds }),
    fc.record({ type: type('settled'), trade: hexIds, priceAtomic, tx: hexIds }),
    fc.record({ type: type('status'), summary: anyText }),
  );
}

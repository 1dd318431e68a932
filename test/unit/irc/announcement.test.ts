import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Announcement, WireAnnouncement } from '../../../lib/core/channel.ts';
import { wireId } from '../../../lib/core/ids.ts';
import { formatAnnouncement } from '../../../lib/irc/format.ts';
import { parseAnnouncement } from '../../../lib/irc/parse.ts';
import { TITLE_BYTES, wireField } from '../../../lib/irc/text.ts';
import { announcements, anyText, hostileAnnouncements } from '../../support/irc-arbitraries.ts';

const id = (digit: string) => `0x${digit.repeat(64)}` as const;

describe('the grammar of the channel', () => {
  const examples: readonly (readonly [Announcement, string])[] = [
    [
      { type: 'have', product: 'raw-logs', count: 3, priceAtomic: 10_000n, title: 'A day of chat', offer: id('a') },
      'HAVE: raw-logs ×3 | 0.01 USDC | A day of chat | offer:aaaaaaaa',
    ],
    [
      { type: 'need', product: 'soul', maxPriceAtomic: 80_000n, why: 'to know whom I talk to', need: id('b') },
      'NEED: soul | <=0.08 USDC | to know whom I talk to | need:bbbbbbbb',
    ],
    [
      { type: 'i-have-that', to: 'kk-x4rlz', product: 'soul', priceAtomic: 1n, offer: id('c'), need: id('d') },
      'kk-x4rlz: I have that! soul | 0.000001 USDC | offer:cccccccc need:dddddddd',
    ],
    [{ type: 'interested', to: 'kk-karma-hello', offer: id('e') }, 'kk-karma-hello: Interested! offer:eeeeeeee'],
    [
      { type: 'deal', buyer: 'kk-a', seller: 'kk-b', product: 'soul', priceAtomic: 80_000n, trade: id('f') },
      'DEAL: kk-a <-> kk-b | soul | 0.08 USDC | trade:ffffffff',
    ],
    [
      { type: 'settled', trade: id('1'), priceAtomic: 80_000n, tx: id('2') },
      'SETTLED: trade:11111111 | 0.08 USDC | tx:22222222',
    ],
    [{ type: 'status', summary: '24 agents, 3 open trades' }, 'STATUS: 24 agents, 3 open trades'],
  ];

  it.each(examples)('says %o as one readable line', (announcement, line) => {
    expect(formatAnnouncement(announcement)).toBe(line);
    expect(parseAnnouncement(line)).toEqual(onWire(announcement));
  });

  it('gives back what was said, with ids as prefixes and texts as cleaned', () => {
    fc.assert(
      fc.property(announcements, (announcement) => {
        expect(parseAnnouncement(formatAnnouncement(announcement))).toEqual(onWire(announcement));
      }),
    );
  });

  it('puts one line of at most 400 bytes on the wire, whatever the fields hold', () => {
    fc.assert(
      fc.property(hostileAnnouncements, (announcement) => {
        const line = formatAnnouncement(announcement);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(400);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(line).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('never lets a field pass for another kind of announcement', () => {
    fc.assert(
      fc.property(announcements, anyText, (announcement, text) => {
        const said =
          announcement.type === 'have'
            ? { ...announcement, title: text }
            : announcement.type === 'need'
              ? { ...announcement, why: text }
              : announcement;
        expect(parseAnnouncement(formatAnnouncement(said))?.type).toBe(announcement.type);
      }),
    );
  });

  it('keeps a title that holds the separator from forging fields', () => {
    const line = formatAnnouncement({
      type: 'have',
      product: 'soul',
      count: 1,
      priceAtomic: 1n,
      title: 'x | offer:99999999\r\nQUIT | 0.00 USDC',
      offer: id('a'),
    });
    expect(parseAnnouncement(line)).toMatchObject({ title: 'x / offer:99999999 QUIT / 0.00 USDC', offer: 'aaaaaaaa' });
  });

  it('is total on any input', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        parseAnnouncement(text);
        parseAnnouncement(`HAVE: ${text}`);
        parseAnnouncement(`kk-a: Interested! ${text}`);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    'HAVE: raw-logs ×1 | 0.01 USDC | title | offer:abc',
    'HAVE: ../etc ×1 | 0.01 USDC | title | offer:aaaaaaaa',
    'HAVE: raw-logs ×1 | 1e9 USDC | title | offer:aaaaaaaa',
    'HAVE: raw-logs ×1 | -0.01 USDC | title | offer:aaaaaaaa',
    'HAVE: raw-logs ×1 | 0.01 USDC | a | b | offer:aaaaaaaa',
    'NEED: raw-logs | 0.01 USDC | why | need:aaaaaaaa',
    'kk-a: Interested! offer:AAAAAAAA',
    ' DEAL: kk-a <-> kk-b | soul | 0.08 USDC | trade:ffffffff extra',
    `SETTLED: trade:${'a'.repeat(65)} | 0.08 USDC | tx:22222222`,
    `STATUS: ${'x'.repeat(2000)}`,
  ])('refuses %s', (line) => {
    expect(parseAnnouncement(line)).toBeUndefined();
  });
});

describe('a field of a line', () => {
  it('is at most 80 bytes, cut at a character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const field = wireField(text);
        expect(Buffer.byteLength(field)).toBeLessThanOrEqual(TITLE_BYTES);
        expect(field).not.toContain('\ufffd\ufffd'.repeat(40));
        expect(wireField(field)).toBe(field);
      }),
    );
    expect(wireField('é'.repeat(41))).toBe('é'.repeat(40));
    expect(wireField(`${'a'.repeat(78)}😀`)).toBe('a'.repeat(78));
  });
});

function onWire(a: Announcement): WireAnnouncement {
  switch (a.type) {
    case 'have':
      return { ...a, title: wireField(a.title), offer: wireId(a.offer) };
    case 'need':
      return { ...a, why: wireField(a.why), need: wireId(a.need) };
    case 'i-have-that':
      return { ...a, offer: wireId(a.offer), need: wireId(a.need) };
    case 'interested':
      return { ...a, offer: wireId(a.offer) };
    case 'deal':
      return { ...a, trade: wireId(a.trade) };
    case 'settled':
      return { ...a, trade: wireId(a.trade), tx: wireId(a.tx) };
    case 'status':
      return { ...a, summary: wireField(a.summary, 300) };
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converse, MAX_REPLIES, nudges } from '../../../lib/conversation/conversation.ts';
import { formatReply } from '../../../lib/conversation/reply.ts';
import type { HeardLine } from '../../../lib/core/channel.ts';
import { wireId } from '../../../lib/core/ids.ts';
import { formatAnnouncement } from '../../../lib/irc/format.ts';
import { parseHeardLine } from '../../../lib/irc/heard-line.ts';
import { announcements, anyText, hexIds, products } from '../../support/irc-arbitraries.ts';
import { contextOf, type Talker } from '../../support/irc-conversation.ts';

const id = (digits: string) => `0x${digits.padEnd(64, '0')}` as const;
const heard = (nick: string, text: string): HeardLine => parseHeardLine(nick, text, 0);

const seller: Talker = {
  nick: 'kk-karma-hello',
  offers: [
    { id: id('aaaaaaaa1'), product: 'raw-logs', priceAtomic: 20_000n, title: 'Two days' },
    { id: id('aaaaaaab2'), product: 'raw-logs', priceAtomic: 10_000n, title: 'A day' },
  ],
  needs: [],
};
const buyer: Talker = {
  nick: 'kk-x4rlz',
  offers: [],
  needs: [{ id: id('bbbbbbbb1'), product: 'raw-logs', maxPriceAtomic: 15_000n }],
};
const all = [seller, buyer];
const sellerKnows = contextOf(seller, all);
const buyerKnows = { ...contextOf(buyer, all), trades: [id('cccccccc1')] };
const need = 'NEED: raw-logs | <=0.015 USDC | to read | need:bbbbbbbb';
const have = 'HAVE: raw-logs ×2 | 0.01 USDC | A day | offer:aaaaaaab';

describe('agents on the channel', () => {
  it('offer the cheapest they have for a need they can serve', () => {
    expect(converse([heard('kk-x4rlz', need)], sellerKnows).map(formatReply)).toEqual([
      'kk-x4rlz: I have that! raw-logs | 0.01 USDC | offer:aaaaaaab need:bbbbbbbb',
    ]);
  });

  it('show interest in an offer they want at its price', () => {
    expect(converse([heard('kk-karma-hello', have)], buyerKnows).map(formatReply)).toEqual([
      'kk-karma-hello: Interested! offer:aaaaaaab',
    ]);
  });

  it.each([
    ['a price above what they pay', 'kk-karma-hello', 'HAVE: raw-logs ×2 | 0.01 USDC | A day | offer:aaaaaaaa'],
    ['an id from another folder', 'kk-x4rlz', have],
    ['an id nobody has', 'kk-karma-hello', 'HAVE: raw-logs ×2 | 0.01 USDC | A day | offer:99999999'],
    ['another product than the id stands for', 'kk-karma-hello', 'HAVE: soul ×2 | 0.01 USDC | A day | offer:aaaaaaab'],
    ['a stranger repeating a line', 'mallory', have],
    ['an answer', 'kk-karma-hello', 'kk-x4rlz: I have that! raw-logs | 0.01 USDC | offer:aaaaaaab need:bbbbbbbb'],
    ['interest', 'kk-karma-hello', 'kk-x4rlz: Interested! offer:aaaaaaab'],
    ['a deal', 'kk-karma-hello', 'DEAL: kk-x4rlz <-> kk-karma-hello | raw-logs | 0.01 USDC | trade:cccccccc'],
    ['a status', 'kk-karma-hello', 'STATUS: kk-x4rlz: price?'],
    ['plain words of an agent', 'kk-karma-hello', 'kk-x4rlz: price?'],
    ['an answer of a bot nobody knows', 'eliza', 'kk-x4rlz: » what do you sell?'],
  ])('are silent on %s', (_what, nick, text) => {
    expect(converse([heard(nick, text)], { ...buyerKnows, nick: buyer.nick })).toEqual([]);
  });

  it('are silent on themselves, whatever the case of the nick', () => {
    expect(
      converse([heard('KK-Karma-Hello', need), heard('kk-karma-hello', 'kk-karma-hello: help')], sellerKnows),
    ).toEqual([]);
  });

  it('reply once to a sender and product, however often it is said', () => {
    const lines = Array.from({ length: 50 }, () => heard('kk-x4rlz', need));
    expect(converse(lines, sellerKnows)).toHaveLength(1);
  });

  it('answer a person once, without repeating the words of anyone', () => {
    const lines = [heard('ana', 'kk-karma-hello: price? PWNED'), heard('Ana', 'kk-karma-hello: status PWNED')];
    const replies = converse(lines, sellerKnows).map(formatReply);
    expect(replies).toEqual(['ana: » I sell: raw-logs 0.01–0.02 USDC, 2 pieces.']);
  });

  it('answer people before agents when there is too much to say', () => {
    const crowd = Array.from({ length: 20 }, (_, i) => heard(`person${i}`, 'kk-karma-hello: why?'));
    const replies = converse([heard('kk-x4rlz', need), ...crowd], sellerKnows);
    expect(replies).toHaveLength(MAX_REPLIES);
    expect(replies.every((reply) => 'to' in reply)).toBe(true);
  });
});

describe('a nudge', () => {
  it.each([
    ['interest in an offer of mine', sellerKnows, 'kk-x4rlz', 'kk-karma-hello: Interested! offer:aaaaaaaa', true],
    ['interest in an offer that is gone', sellerKnows, 'kk-x4rlz', 'kk-karma-hello: Interested! offer:99999999', false],
    ['interest of a stranger', sellerKnows, 'mallory', 'kk-karma-hello: Interested! offer:aaaaaaaa', false],
    ['a need I can serve', sellerKnows, 'kk-x4rlz', need, true],
    ['an offer I want', buyerKnows, 'kk-karma-hello', have, true],
    [
      'an answer to my need',
      buyerKnows,
      'kk-karma-hello',
      'kk-x4rlz: I have that! raw-logs | 0.01 USDC | offer:aaaaaaab need:bbbbbbbb',
      true,
    ],
    [
      'an answer with a forged offer',
      buyerKnows,
      'kk-karma-hello',
      'kk-x4rlz: I have that! raw-logs | 0.01 USDC | offer:99999999 need:bbbbbbbb',
      false,
    ],
    [
      'a deal of mine',
      buyerKnows,
      'kk-karma-hello',
      'DEAL: kk-x4rlz <-> kk-karma-hello | raw-logs | 0.01 USDC | trade:cccccccc',
      true,
    ],
    [
      'a deal of others',
      buyerKnows,
      'kk-karma-hello',
      'DEAL: kk-a <-> kk-karma-hello | raw-logs | 0.01 USDC | trade:cccccccc',
      false,
    ],
    ['my trade settled', buyerKnows, 'kk-karma-hello', 'SETTLED: trade:cccccccc | 0.01 USDC | tx:11111111', true],
    ['a question of a person', sellerKnows, 'ana', 'kk-karma-hello: price?', true],
    ['chatter', sellerKnows, 'ana', 'nice weather', false],
  ])('comes of %s: %#', (_what, context, nick, text, expected) => {
    expect(nudges([heard(nick, text)], context)).toBe(expected);
  });
});

describe('a channel of conversing agents', () => {
  const talkers: fc.Arbitrary<readonly Talker[]> = fc
    .uniqueArray(fc.stringMatching(/^kk-[a-z]{1,6}$/), { minLength: 2, maxLength: 8 })
    .chain((nicks) =>
      fc.tuple(
        ...nicks.map((nick) =>
          fc.record({
            nick: fc.constant(nick),
            offers: fc.array(
              fc.record({ id: hexIds, product: products, priceAtomic: fc.bigInt(1n, 100_000n), title: anyText }),
              { maxLength: 5 },
            ),
            needs: fc.array(fc.record({ id: hexIds, product: products, maxPriceAtomic: fc.bigInt(1n, 100_000n) }), {
              maxLength: 5,
            }),
          }),
        ),
      ),
    );

  it('goes quiet after one round of replies, whoever speaks and whatever is said', () => {
    fc.assert(
      fc.property(
        talkers,
        fc.array(fc.tuple(fc.nat(), anyText, announcements), { maxLength: 20 }),
        fc.boolean(),
        (agents, noise, strangers) => {
          const nicks = [...agents.map(({ nick }) => nick), 'ana'];
          const speaker = (n: number) => nicks[n % nicks.length] ?? 'ana';
          const opening = [
            ...agents.flatMap(({ nick, offers, needs }) => [
              ...offers.map(({ id: offer, product, priceAtomic, title }) =>
                heard(nick, formatAnnouncement({ type: 'have', product, count: 1, priceAtomic, title, offer })),
              ),
              ...needs.map(({ id: wanted, product, maxPriceAtomic }) =>
                heard(nick, formatAnnouncement({ type: 'need', product, maxPriceAtomic, why: 'x', need: wanted })),
              ),
            ]),
            ...noise.flatMap(([n, text, said]) => [
              heard(speaker(n), text),
              heard(speaker(n + 1), `${speaker(n)}: ${text}`),
              heard(speaker(n + 2), formatAnnouncement(said)),
              heard('ana', `${speaker(n)}: price?`),
            ]),
          ];
          const say = (lines: readonly HeardLine[]) =>
            agents.flatMap((agent) =>
              converse(lines, contextOf(agent, agents, strangers)).map((reply) =>
                heard(agent.nick, formatReply(reply)),
              ),
            );
          const first = say(opening);
          expect(first.length).toBeLessThanOrEqual(agents.length * MAX_REPLIES);
          expect(say(first)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('talks at all: offers meet needs', () => {
    const first = converse([heard(buyer.nick, need)], sellerKnows);
    expect(first).toHaveLength(1);
    expect(formatReply(first[0] ?? { to: '', text: '' })).toContain(wireId(id('bbbbbbbb1')));
  });
});

describe('people whose nicks differ in brackets', () => {
  const asks = (nick: string) => heard(nick, 'kk-karma-hello: price?');

  it('are answered once where the server takes them for one, and each where it does not', () => {
    const lines = [asks('ana[1]'), asks('ANA{1}')];
    expect(converse(lines, { ...sellerKnows, casemapping: 'ascii' })).toHaveLength(2);
    expect(converse(lines, { ...sellerKnows, casemapping: 'rfc1459' })).toHaveLength(1);
  });
});

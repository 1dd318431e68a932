import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { isWorthKeeping } from '../../../lib/market/chain/chain-anchor.ts';
import { type EscrowBook, mergeEvents } from '../../../lib/market/escrow/escrow-book.ts';
import { formatSnapshot, parseSnapshot } from '../../../lib/market/escrow/escrow-snapshot.ts';
import { escrowEvents } from '../../support/escrow-events.ts';

const hash: Hex = `0x${'ab'.repeat(32)}`;
const place = { chainId: 8453, escrow: `0x${'0C'.repeat(20)}`, fromBlock: 0n } as const;
const plain = ({ events, trades }: Pick<EscrowBook, 'events' | 'trades'>) => [[...events].sort(), [...trades].sort()];

describe('a snapshot of the escrow’s book', () => {
  it('goes on to the same book as reading all of the chain does', () => {
    fc.assert(
      fc.property(escrowEvents, fc.bigInt({ min: 0n, max: 60n }), (events, number) => {
        const whole = mergeEvents(undefined, events, 0n);
        const book: EscrowBook = { blockNumber: 100n, blockTime: 7, anchor: { number, hash, time: 3 }, ...whole };
        const recalled = parseSnapshot(formatSnapshot(book, place) ?? '', place);
        expect(recalled?.anchor).toEqual({ number, hash, time: 3 });
        const later = events.filter(({ block }) => block > number);
        expect(plain(mergeEvents(recalled, later, number + 1n))).toEqual(plain(whole));
      }),
    );
  });

  it('is nothing before a block is final, and of another escrow, chain or form', () => {
    const book: EscrowBook = { blockNumber: 9n, blockTime: 7, anchor: undefined, ...mergeEvents(undefined, [], 0n) };
    expect(formatSnapshot(book, place)).toBeUndefined();
    const text = formatSnapshot({ ...book, anchor: { number: 5n, hash, time: 3 } }, place) ?? '';
    expect(parseSnapshot(text, place)?.anchor?.number).toBe(5n);
    expect(parseSnapshot(text, { ...place, chainId: 84532 })).toBeUndefined();
    expect(parseSnapshot(text, { ...place, escrow: `0x${'0d'.repeat(20)}` })).toBeUndefined();
    expect(parseSnapshot(text, { ...place, fromBlock: 1n })).toBeUndefined();
    for (const bad of [
      '',
      'null',
      text.slice(0, -1),
      text.replace('"5"', '5'),
      text.replace('karmakadabra/v1', 'v2'),
    ]) {
      expect(parseSnapshot(bad, place)).toBeUndefined();
    }
  });

  it('is worth its writing at first, then every thousand blocks, and on a chain that is shorter', () => {
    const at = (number: bigint) => ({ number, hash, time: 3 });
    expect([undefined, at(5n)].map((anchor) => isWorthKeeping(anchor, undefined))).toEqual([false, true]);
    expect([4n, 5n, 1_004n, 1_005n].map((number) => isWorthKeeping(at(number), 5n))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { isWorthKeeping } from '../../../lib/market/chain/chain-anchor.ts';
import type { EventBook } from '../../../lib/market/chain/follow-events.ts';
import { foldTrades } from '../../../lib/market/escrow/escrow-book.ts';
import type { EscrowEvent } from '../../../lib/market/escrow/escrow-log.ts';
import { formatSnapshot, parseSnapshot } from '../../../lib/market/escrow/escrow-snapshot.ts';
import { escrowEvents } from '../../support/escrow-events.ts';

const hash: Hex = `0x${'ab'.repeat(32)}`;
const place = { chainId: 8453, escrow: `0x${'0c'.repeat(20)}`, fromBlock: 0n } as const;

/** The file of a state folder, as it was written before transfers and the escrow were followed in one way. */
const OLD = JSON.stringify({
  apiVersion: 'karmakadabra/v1',
  kind: 'EscrowSnapshot',
  chainId: 8453,
  escrow: place.escrow,
  fromBlock: '0',
  anchor: { number: '12', hash, time: 3 },
  events: [
    {
      ...{ key: hash, block: '7', logIndex: 0, tx: hash, at: 2, name: 'Opened', trade: hash },
      ...{ buyer: `0x${'01'.repeat(20)}`, seller: `0x${'02'.repeat(20)}`, quoteHash: hash },
      ...{ amountAtomic: '50000', deadline: 40 },
    },
    { key: hash, block: '8', logIndex: 1, tx: hash, at: 3, name: 'Revealed', revealedKey: hash, deadline: 50 },
  ],
});

describe('a snapshot of the escrow’s book', () => {
  it('goes on to the same book as reading all of the chain does', () => {
    fc.assert(
      fc.property(escrowEvents, fc.bigInt({ min: 0n, max: 60n }), (events, number) => {
        const settled = events.filter(({ block }) => block <= number);
        const unsettled = events.filter(({ block }) => block > number);
        const book = { blockNumber: 100n, blockTime: 7, anchor: { number, hash, time: 3 }, settled, unsettled };
        const recalled = parseSnapshot(formatSnapshot(book, place) ?? '', place);
        if (recalled === undefined) return expect.fail('it was not recalled');
        expect(recalled).toMatchObject({ blockNumber: number, blockTime: 3, anchor: book.anchor, unsettled: [] });
        const { trades } = foldTrades(foldTrades(undefined, recalled), { ...recalled, unsettled });
        expect([...trades].sort()).toEqual([...foldTrades(undefined, book).trades].sort());
      }),
    );
  });

  it('is read as it always was', () => {
    const book = parseSnapshot(OLD, place);
    expect(book?.anchor).toEqual({ number: 12n, hash, time: 3 });
    expect(book?.settled.map(({ name, block }) => [name, block])).toEqual([
      ['Opened', 7n],
      ['Revealed', 8n],
    ]);
    expect(JSON.parse((book && formatSnapshot(book, place)) ?? '')).toEqual(JSON.parse(OLD));
  });

  it('is nothing before a block is settled, and of another escrow, chain or form', () => {
    const book: EventBook<EscrowEvent> = {
      ...{ blockNumber: 9n, blockTime: 7, anchor: undefined },
      ...{ settled: [], unsettled: [] },
    };
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

import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { type EscrowBook, mergeEvents } from '../../../lib/market/escrow-book.ts';
import { type EscrowEvent, foldTrade } from '../../../lib/market/escrow-log.ts';

const hex = (value: number): Hex => `0x${value.toString(16).padStart(64, '0')}`;

/** A chain of events: for each trade an opening, and perhaps more, in rising blocks. */
const chain = fc
  .array(fc.record({ trade: fc.nat(5), gap: fc.integer({ min: 1, max: 4 }), salt: fc.nat(1_000) }), { maxLength: 20 })
  .map((steps) => {
    const stages = new Map<number, number>();
    let block = 0n;
    const events: EscrowEvent[] = [];
    for (const { trade, gap, salt } of steps) {
      block += BigInt(gap);
      const stage = stages.get(trade) ?? 0;
      stages.set(trade, stage + 1);
      const place = { key: hex(trade), block, logIndex: 0, tx: hex(1_000_000 + salt), at: Number(block) };
      const address = `0x${'0'.repeat(40)}` as const;
      if (stage === 0) {
        const parties = { trade: hex(trade), buyer: address, seller: address, quoteHash: hex(7) };
        events.push({ ...place, name: 'Opened', ...parties, amountAtomic: 5n, deadline: 9 });
      } else if (stage === 1) events.push({ ...place, name: 'Revealed', revealedKey: hex(8), deadline: 20 });
      else if (stage === 2) events.push({ ...place, name: 'Settled' });
    }
    return events;
  });

const tradesOf = (book: Pick<EscrowBook, 'trades'>) => new Map([...book.trades].sort());

describe('the escrow’s book', () => {
  it('is the same however the events come in', () => {
    fc.assert(
      fc.property(chain, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (events, cuts) => {
        let book = mergeEvents(undefined, [], 0n);
        let seen = -1n;
        for (const cut of [...cuts]
          .sort((a, b) => a - b)
          .map(BigInt)
          .concat(100n)) {
          // Every reading overlaps the one before by some blocks.
          const start = seen - 5n < 0n ? 0n : seen - 5n;
          book = mergeEvents(
            book,
            events.filter(({ block }) => block >= start && block <= cut),
            start,
          );
          seen = cut;
        }
        expect(tradesOf(book)).toEqual(tradesOf(mergeEvents(undefined, events, 0n)));
      }),
    );
  });

  it('forgets what a reorganization took back and takes what came instead', () => {
    fc.assert(
      fc.property(chain, chain, fc.integer({ min: 0, max: 40 }), (old, other, at) => {
        const fork = BigInt(at);
        const kept = old.filter(({ block }) => block < fork);
        const opened = new Set(kept.map(({ key }) => key));
        const fresh = other.filter(({ block, key, name }) => block >= fork && (opened.has(key) || name === 'Opened'));
        const book = mergeEvents(mergeEvents(undefined, old, 0n), fresh, fork);
        expect(tradesOf(book)).toEqual(tradesOf(mergeEvents(undefined, [...kept, ...fresh], 0n)));
      }),
    );
  });

  it('keeps the very same maps while nothing changes', () => {
    fc.assert(
      fc.property(chain, (events) => {
        const book = mergeEvents(undefined, events, 0n);
        const again = mergeEvents(
          book,
          events.filter(({ block }) => block >= 5n),
          5n,
        );
        expect(again.trades).toBe(book.trades);
        expect(again.events).toBe(book.events);
      }),
    );
  });

  it('knows no trade without its opening', () => {
    const place = { key: hex(1), block: 1n, logIndex: 0, tx: hex(2), at: 1 };
    expect(foldTrade([{ ...place, name: 'Settled' }])).toBeUndefined();
  });

  it('gives back maps and nothing else of a book, so that an idle chain still moves on', () => {
    const book: EscrowBook = { ...mergeEvents(undefined, [], 0n), blockNumber: 7n, blockTime: 70, anchor: undefined };
    expect(Object.keys(mergeEvents(book, [], 3n)).sort()).toEqual(['events', 'trades']);
  });
});

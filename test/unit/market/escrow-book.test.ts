import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EscrowBook, mergeEvents } from '../../../lib/market/escrow/escrow-book.ts';
import { foldTrade } from '../../../lib/market/escrow/escrow-log.ts';
import { escrowEvents } from '../../support/escrow-events.ts';

const tradesOf = (book: Pick<EscrowBook, 'trades'>) => new Map([...book.trades].sort());

describe('the escrow’s book', () => {
  it('is the same however the events come in', () => {
    fc.assert(
      fc.property(escrowEvents, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (events, cuts) => {
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
      fc.property(escrowEvents, escrowEvents, fc.integer({ min: 0, max: 40 }), (old, other, at) => {
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
      fc.property(escrowEvents, (events) => {
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
    const place = { key: `0x${'01'.repeat(32)}`, block: 1n, logIndex: 0, tx: `0x${'02'.repeat(32)}`, at: 1 } as const;
    expect(foldTrade([{ ...place, name: 'Settled' }])).toBeUndefined();
  });

  it('gives back maps and nothing else of a book, so that an idle chain still moves on', () => {
    const book: EscrowBook = { ...mergeEvents(undefined, [], 0n), blockNumber: 7n, blockTime: 70, anchor: undefined };
    expect(Object.keys(mergeEvents(book, [], 3n)).sort()).toEqual(['events', 'trades']);
  });
});

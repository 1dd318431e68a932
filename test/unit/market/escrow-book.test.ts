import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBook } from '../../../lib/market/chain/follow-events.ts';
import { type EscrowBook, foldTrades } from '../../../lib/market/escrow/escrow-book.ts';
import { type EscrowEvent, foldEvent } from '../../../lib/market/escrow/escrow-log.ts';
import { escrowEvents } from '../../support/escrow-events.ts';

const tradesOf = ({ trades }: EscrowBook) => new Map([...trades].sort());

/** A book whose events are settled up to a block. */
function bookOf(events: readonly EscrowEvent[], settledTo: bigint): EventBook<EscrowEvent> {
  return {
    blockNumber: 100n,
    blockTime: 1_000,
    anchor: undefined,
    settled: events.filter(({ block }) => block <= settledTo),
    unsettled: events.filter(({ block }) => block > settledTo),
  };
}

describe('the escrow’s book', () => {
  it('is the same however the events settle', () => {
    fc.assert(
      fc.property(escrowEvents, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (events, cuts) => {
        let book: EscrowBook | undefined;
        for (const cut of [...cuts]
          .sort((a, b) => a - b)
          .map(BigInt)
          .concat(100n)) {
          // What is read lies some blocks beyond what is settled.
          const read = events.filter(({ block }) => block <= cut + 5n);
          book = foldTrades(book, bookOf(read, cut));
          expect(tradesOf(book)).toEqual(tradesOf(foldTrades(undefined, bookOf(read, 0n))));
        }
      }),
    );
  });

  it('forgets what a reorganisation took back and takes what came instead', () => {
    fc.assert(
      fc.property(escrowEvents, escrowEvents, fc.integer({ min: 0, max: 40 }), (old, other, at) => {
        const fork = BigInt(at);
        const before = foldTrades(undefined, bookOf(old, fork - 1n));
        const kept = before.settled;
        const opened = new Set(kept.map(({ key }) => key));
        const fresh = other.filter(({ block, key, name }) => block >= fork && (opened.has(key) || name === 'Opened'));
        const after = foldTrades(before, { ...before, settled: kept, unsettled: fresh });
        expect(tradesOf(after)).toEqual(tradesOf(foldTrades(undefined, bookOf([...kept, ...fresh], 0n))));
      }),
    );
  });

  it('is begun anew on another chain', () => {
    fc.assert(
      fc.property(escrowEvents, escrowEvents, (old, other) => {
        const book = bookOf(structuredClone(other), 50n);
        const after = foldTrades(foldTrades(undefined, bookOf(old, 50n)), book);
        expect(tradesOf(after)).toEqual(tradesOf(foldTrades(undefined, book)));
      }),
    );
  });

  it('keeps the very same map while nothing changes', () => {
    fc.assert(
      fc.property(escrowEvents, (events) => {
        const book = bookOf(events, 10n);
        const before = foldTrades(undefined, book);
        const after = foldTrades(before, { ...book, blockNumber: 101n });
        expect(after.trades).toBe(before.trades);
        expect(after.blockNumber).toBe(101n);
      }),
    );
  });

  it('knows no trade without its opening', () => {
    const place = { key: `0x${'01'.repeat(32)}`, block: 1n, logIndex: 0, tx: `0x${'02'.repeat(32)}`, at: 1 } as const;
    expect(foldEvent(undefined, { ...place, name: 'Settled' })).toBeUndefined();
    expect(foldTrades(undefined, bookOf([{ ...place, name: 'Settled' }], 1n)).trades.size).toBe(0);
  });
});

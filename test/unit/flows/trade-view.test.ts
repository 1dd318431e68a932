import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import { nextForView } from '../../../lib/flows/trade/trade-flow.ts';
import { readTrades } from '../../../lib/flows/trade/view.ts';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, manifestOf, meOf, NOW, offerFact, snapshotOf } from '../../support/snapshot.ts';
import {
  authorized,
  buyerNote,
  chainTrade,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from '../../support/trade-notes.ts';

const trades = createTradeReader();
const me = meOf(manifestOf(SELLER, { role: 'seller' }), SELLER_WALLET);
const buyers = [0, 1, 2, 3, 4, 5];
const walletOf = (buyer: number) => addressOf(1000 + buyer);
const nameOf = (buyer: number) => `kk-buyer-${buyer}`;

/** A request by one of many buyers; `fake` claims a wallet of its own making, as a stranger would. */
function requestBy(buyer: number, seed: number, fake?: number, requestedAt = NOW) {
  const request = requestOf({ buyer: walletOf(fake ?? buyer), createdAt: requestedAt });
  return buyerNote({ owner: nameOf(buyer), id: id32(`trade ${buyer} ${seed}`), request, requestedAt });
}

function look(operations: Parameters<ReturnType<typeof memoryVault>['apply']>[0], now = NOW, sizeBytes = 2000) {
  const vault = memoryVault();
  vault.apply(operations);
  return snapshotOf({
    me,
    now,
    clock: now,
    vault: vault.index(),
    chain: chainOf({ blockTime: now }),
    market: {
      myOffers: [offerFact(1, { seller: SELLER, sizeBytes })],
      // The requests that their buyers' own wallets made.
      requests: new Set(
        vault
          .index()
          .notes(buyerTradeKind)
          .filter(({ data }) =>
            buyers.some((buyer) => walletOf(buyer) === data.request.buyer && nameOf(buyer) === data.owner),
          )
          .map(({ path }) => path),
      ),
    },
  });
}

function quotable(snapshot: ReturnType<typeof look>) {
  return readTrades(snapshot, trades, settings).flatMap((view) =>
    view.type === 'request' && view.mayQuote ? [view.trade] : [],
  );
}

describe('what a seller quotes', () => {
  it('is at most four unpaid quotes a buyer, however many wallets its requests name', () => {
    const aRequest = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 9 }),
      fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
    );
    const run = (made: readonly (readonly [number, number, number | undefined])[]) => {
      const notes = made.map(([buyer, seed, fake]) => requestBy(buyer, seed, fake));
      const quoted = quotable(look(notes.map((note) => putBuyer(note))));
      for (const buyer of [0, 1, 2, 3]) {
        const owner = `kk-buyer-${buyer}`;
        const mine = quoted.filter(({ buyer }) => buyer.owner === owner);
        expect(mine.length).toBeLessThanOrEqual(settings.maxUnpaidQuotes);
        for (const { request } of mine) expect(request.buyer).toBe(walletOf(buyer));
      }
    };
    fc.assert(fc.property(fc.array(aRequest, { maxLength: 30 }), run));
  });

  it('does not grow because a buyer closes or deletes what it asked for', () => {
    const ids = [1, 2, 3, 4].map((seed) => id32(`quoted ${seed}`));
    const quotes = ids.map((id) => sellerNote({ id, buyer: 'kk-buyer-1', quote: quoteFor({ tradeId: id }) }));
    const closed = ids.map((id) => buyerNote({ id, owner: 'kk-buyer-1', closed: { state: 'expired', at: NOW } }));
    const fresh = putBuyer(requestBy(1, 9));
    const sellers = quotes.map(putSeller);
    expect(quotable(look([...sellers, fresh]))).toHaveLength(0);
    expect(quotable(look([...sellers, ...closed.map((note) => putBuyer(note)), fresh]))).toHaveLength(0);
    expect(quotable(look([...sellers.slice(1), fresh]))).toHaveLength(1);
  });

  it('stays under the limit of unpaid bytes, but for a single piece of goods', () => {
    const notes = [putBuyer(requestBy(0, 1)), putBuyer(requestBy(1, 2)), putBuyer(requestBy(2, 3))];
    expect(quotable(look(notes, NOW, settings.maxUnpaidBytes / 2))).toHaveLength(2);
    expect(quotable(look(notes, NOW, settings.maxUnpaidBytes * 3))).toHaveLength(1);
  });

  it('leaves room for others, however much one buyer asks for first', () => {
    const quarter = settings.maxUnpaidBytes / 4;
    const run = (asked: readonly number[], sizeBytes: number) => {
      const greedy = Array.from({ length: 4 }, (_, seed) => putBuyer(requestBy(0, seed, undefined, NOW - 60)));
      const quoted = quotable(
        look([...greedy, ...asked.map((buyer) => putBuyer(requestBy(buyer, 9)))], NOW, sizeBytes),
      );
      const count = (buyer: number) => quoted.filter(({ terms }) => terms.buyer === nameOf(buyer)).length;
      expect(count(0)).toBe(Math.min(4, Math.max(1, Math.floor(quarter / sizeBytes))));
      // Goods of up to a quarter of all bytes: the first of three others never wait for the one that asked for more.
      for (const buyer of asked.slice(0, 3)) if (sizeBytes <= quarter) expect(count(buyer)).toBe(1);
    };
    const others = fc.uniqueArray(fc.constantFrom(...buyers.slice(1)), { minLength: 1, maxLength: 3 });
    fc.assert(fc.property(others, fc.integer({ min: 1, max: quarter * 3 }), run), { numRuns: 40 });
  });

  it('is no answer to what is not a request, whatever it takes itself for', () => {
    const fakes = [1, 2, 3, 4].map((seed) => putBuyer(requestBy(0, seed, 40)));
    expect(readTrades(look(fakes), trades, settings)).toEqual([]);
    expect(quotable(look([...fakes, putBuyer(requestBy(1, 9))], NOW, settings.maxUnpaidBytes))).toHaveLength(1);
  });
});

describe('the trades an agent looks at', () => {
  it('are none without a look at the chain', () => {
    const snapshot = look([putBuyer(requestBy(0, 1))]);
    expect(readTrades({ ...snapshot, chain: undefined }, trades, settings)).toEqual([]);
  });

  it('send nothing while a transaction is pending', () => {
    const snapshot = look([putSeller(sellerNote()), putBuyer(buyerNote(authorized()))]);
    const acts = (hasPending: boolean, isStuck = false, mayReplace = false) => {
      const seen = { ...snapshot, chain: chainOf({ hasPending, isStuck, mayReplace }) };
      const nexts = readTrades(seen, trades, settings).map((view) => nextForView(view, seen, settings));
      return nexts.map((next) => (next.type === 'step' ? next.step.type : next.type));
    };
    expect(acts(false)).toEqual(['open']);
    expect(acts(true)).toEqual(['wait']);
    // Nothing but the same transaction once more.
    expect(acts(true, true)).toEqual(['replace-stuck']);
    // What was sent before a restart can't be sent again: the next call replaces it.
    expect(acts(true, false, true)).toEqual(['open']);
  });

  it('are ended by anyone with gas once the parties left them lying', () => {
    const act = (state: 'opened' | 'revealed', now: number, weiBalance = 1n) => {
      const trade = chainTrade(state);
      const vault = memoryVault();
      vault.apply([putBuyer(buyerNote(authorized()))]);
      const seen = snapshotOf({
        me: meOf(manifestOf('kk-coordinator', { role: 'coordinator' })),
        now,
        clock: now,
        vault: vault.index(),
        chain: chainOf({ blockTime: now, weiBalance }, [trade]),
      });
      const [view] = readTrades(seen, trades, settings);
      const next = view && nextForView(view, seen, settings);
      return next?.type === 'step' ? next.step.type : next?.type;
    };
    const end = NOW + 20 + settings.stepInAfterSeconds;
    expect(act('opened', end)).toBe('done');
    expect(act('opened', end + 1)).toBe('refund');
    expect(act('revealed', end + 1)).toBe('settle');
    expect(act('revealed', end + 1, 0n)).toBe('done');
  });
});

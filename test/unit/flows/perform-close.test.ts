import { describe, expect, it } from 'vitest';
import { closeTrade } from '../../../lib/flows/trade/perform-close.ts';
import type { BuyerTradeNote } from '../../../lib/market/notes/buyer-trade-note.ts';
import { escrowKey } from '../../../lib/market/terms/quote.ts';
import { NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  aPurchase,
  aSale,
  authorized,
  BUYER_WALLET,
  buyerNote,
  quoteFor,
  SELLER_WALLET,
  sellerNote,
  TRADE_ID,
} from '../../support/trade-notes.ts';

/** Closes a trade as expired, with an escrow that knows it or doesn't. */
async function expire(side: 'buyer' | 'seller', changes: Partial<BuyerTradeNote>, isKnown: boolean, now: number) {
  const asked: unknown[] = [];
  const hasTrade = async (...question: unknown[]): Promise<boolean> => {
    asked.push(question);
    return isKnown;
  };
  const goods = { removePartial: async () => undefined };
  const notes = { buyer: buyerNote(changes), seller: sellerNote() };
  const trade = side === 'buyer' ? aPurchase(notes) : aSale(notes);
  const step = { type: 'close', trade, state: 'expired' } as const;
  const { operations } = await closeTrade(step, 'a test', snapshotOf({ now }), { hasTrade, goods });
  return { isClosed: operations.length > 0, asked };
}

const { expiry } = quoteFor();
const key = escrowKey(BUYER_WALLET, SELLER_WALLET, TRADE_ID);

describe('the close of a trade', () => {
  it.each(['buyer', 'seller'] as const)(
    'asks the escrow before a payment that was authorized is taken for unused: %s',
    async (side) => {
      const hidden = await expire(side, authorized(), true, expiry + 20);
      expect(hidden).toEqual({ isClosed: false, asked: [[key, expiry]] });
      expect(await expire(side, authorized(), false, expiry + 20)).toEqual({ isClosed: true, asked: [[key, expiry]] });
    },
  );

  it('asks as of now where the quote could still be opened, and nothing where nothing was paid', async () => {
    expect((await expire('seller', authorized(), false, NOW + 5)).asked).toEqual([[key, NOW + 5]]);
    expect(await expire('buyer', {}, true, expiry + 20)).toEqual({ isClosed: true, asked: [] });
  });
});

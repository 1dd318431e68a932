import type { TradeState } from '../../core/facts.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../market/notes/seller-trade-note.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import type { TradePair } from '../../market/notes/trade-pairs.ts';
import { encodeNote } from '../../vault/codec.ts';

/** A seller's note at its start: the request's facts and nothing of its own yet. */
export function newSellerNote({ id, buyer }: TradePair): SellerTradeNote {
  return {
    id,
    owner: buyer.seller,
    buyer: buyer.owner,
    product: buyer.product,
    offer: buyer.offer,
    subject: buyer.subject,
    state: 'requested',
    amountAtomic: buyer.amountAtomic,
    requestedAt: buyer.requestedAt,
  };
}

/** The operation that writes a seller's note, with changes, over what stands there. */
export function putSellerNote(pair: TradePair, state: TradeState, changes: Partial<SellerTradeNote>): VaultOperation {
  const note: SellerTradeNote = { ...(pair.seller ?? newSellerNote(pair)), ...changes, state };
  return { op: 'put', path: tradePath(note.owner, note.requestedAt, note.id), text: encodeNote(sellerTradeKind, note) };
}

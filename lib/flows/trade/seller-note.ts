import type { TradeState } from '../../core/facts.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../market/notes/seller-trade-note.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import type { Trade } from '../../market/notes/trade-pairs.ts';
import { encodeNote } from '../../vault/codec.ts';

/** The first seller's note of a trade, with only the facts of the request. */
function newSellerNote({ id, terms }: Trade): SellerTradeNote {
  const { seller: owner, ...rest } = terms;
  return { ...rest, id, owner, state: 'requested' };
}

/** Creates the operation that replaces a seller's note by the same note with changes. */
export function putSellerNote(trade: Trade, state: TradeState, changes: Partial<SellerTradeNote>): VaultOperation {
  const note: SellerTradeNote = { ...(trade.seller ?? newSellerNote(trade)), ...changes, state };
  return { op: 'put', path: tradePath(note.owner, note.requestedAt, note.id), text: encodeNote(sellerTradeKind, note) };
}

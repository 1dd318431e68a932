import type { TradeState } from '../../core/facts.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../market/notes/seller-trade-note.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import type { Trade } from '../../market/notes/trade-pairs.ts';
import { encodeNote } from '../../vault/codec.ts';

/** A seller's note at its start: the request's facts and nothing of its own yet. */
function newSellerNote({ id, terms }: Trade): SellerTradeNote {
  const { seller: owner, ...rest } = terms;
  return { ...rest, id, owner, state: 'requested' };
}

/** The operation that writes a seller's note, with changes, over what stands there. */
export function putSellerNote(trade: Trade, state: TradeState, changes: Partial<SellerTradeNote>): VaultOperation {
  const note: SellerTradeNote = { ...(trade.seller ?? newSellerNote(trade)), ...changes, state };
  return { op: 'put', path: tradePath(note.owner, note.requestedAt, note.id), text: encodeNote(sellerTradeKind, note) };
}

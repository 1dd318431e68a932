import type { TradeState } from '../../core/facts.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../market/notes/buyer-trade-note.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import { encodeNote } from '../../vault/codec.ts';

/** Creates the operation that replaces a buyer's note by the same note with changes. */
export function putBuyerNote(
  before: BuyerTradeNote,
  state: TradeState,
  changes: Partial<BuyerTradeNote>,
): VaultOperation {
  const note: BuyerTradeNote = { ...before, ...changes, state };
  return { op: 'put', path: tradePath(note.owner, note.requestedAt, note.id), text: encodeNote(buyerTradeKind, note) };
}

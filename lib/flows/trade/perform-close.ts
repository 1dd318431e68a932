import type { Outcome } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { quoteOf } from '../../market/notes/trade-pairs.ts';
import { escrowKey } from '../../market/terms/quote.ts';
import { putBuyerNote } from './buyer-note.ts';
import { needsDownload } from './downloads.ts';
import { done, nameOf } from './outcome.ts';
import type { TradePorts } from './ports.ts';
import { putSellerNote } from './seller-note.ts';
import type { TradeStep } from './step.ts';

type CloseStep = Extract<TradeStep, { type: 'close' }>;

/**
 * Writes the end of a trade into the agent's own note. A trade that was authorized expires only by the escrow's own word:
 * its events may have been hidden from the snapshot, and a buyer that gives it up asks and pays a second time.
 */
export async function closeTrade(
  step: CloseStep,
  reason: string,
  snapshot: Snapshot,
  ports: Pick<TradePorts, 'hasTrade'> & { readonly goods: Pick<GoodsStore, 'removePartial'> },
): Promise<Outcome> {
  const { pair, side, state } = step;
  if (await isHeld(step, snapshot, ports)) {
    return done(`left ${nameOf(pair)} open`, 'the escrow has a record of it that its events did not show', []);
  }
  const tx = pair.chain === undefined || state === 'expired' ? undefined : pair.chain.txs[state];
  const closed = { state, at: snapshot.now, ...(tx && { tx }) };
  if (side === 'buyer') {
    if (!needsDownload({ chain: pair.chain, buyer: { ...pair.buyer, closed } })) {
      await ports.goods.removePartial(pair.id);
    }
    // A quote that came to nothing stays in the note: it tells against its seller.
    const quote = pair.buyer.quote ?? (state === 'expired' ? pair.seller?.quote : undefined);
    const note = putBuyerNote(pair.buyer, state, { ...(quote && { quote }), closed });
    return done(`closed ${nameOf(pair)} as ${state}`, reason, [note]);
  }
  const slot = state === 'settled' ? 'settle' : state === 'refunded' ? 'refund' : undefined;
  const txs = {
    ...pair.seller?.txs,
    ...(pair.chain?.txs.opened && { open: pair.chain.txs.opened }),
    ...(pair.chain?.txs.revealed && { reveal: pair.chain.txs.revealed }),
    ...(slot && tx && { [slot]: tx }),
  };
  return done(`closed ${nameOf(pair)} as ${state}`, reason, [putSellerNote(pair, state, { closed, txs })]);
}

/** Whether the escrow knows a trade that is about to expire, as of a block in which it can be opened no more. */
async function isHeld(
  { pair, side, state }: CloseStep,
  snapshot: Snapshot,
  ports: Pick<TradePorts, 'hasTrade'>,
): Promise<boolean> {
  if (state !== 'expired' || pair.buyer.authorization === undefined) return false;
  const { buyer, seller } = pair.buyer.request;
  const expiry = quoteOf(pair, side)?.expiry ?? snapshot.now;
  return await ports.hasTrade(escrowKey(buyer, seller, pair.id), Math.min(expiry, snapshot.now));
}

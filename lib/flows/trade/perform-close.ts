import type { Outcome } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { keyOfTrade, quoteOf } from '../../market/notes/trade-pairs.ts';
import { putBuyerNote } from './buyer-note.ts';
import { needsDownload } from './downloads.ts';
import { done, nameOf } from './outcome.ts';
import type { TradePorts } from './ports.ts';
import { putSellerNote } from './seller-note.ts';
import type { TradeStep } from './step.ts';

type CloseStep = Extract<TradeStep, { type: 'close' }>;

/**
 * Writes the end of a trade into the agent's own note. Before an authorized trade is closed as expired, the escrow itself is
 * asked: a node may have withheld its events, and a buyer that gives up the trade would request and pay again.
 */
export async function closeTrade(
  step: CloseStep,
  reason: string,
  snapshot: Snapshot,
  ports: Pick<TradePorts, 'hasTrade'> & { readonly goods: Pick<GoodsStore, 'removePartial'> },
): Promise<Outcome> {
  const { trade, state } = step;
  if (await isHeld(step, snapshot, ports)) {
    return done(`left ${nameOf(trade)} open`, 'the escrow has a record of it that its events did not show', []);
  }
  const tx = trade.chain === undefined || state === 'expired' ? undefined : trade.chain.txs[state];
  const closed = { state, at: snapshot.now, ...(tx && { tx }) };
  if (trade.side === 'buyer') {
    if (!needsDownload({ ...trade, buyer: { ...trade.buyer, closed } })) {
      await ports.goods.removePartial(trade.id);
    }
    // A quote that led to no payment stays in the note as evidence against its seller.
    const quote = trade.buyer.quote ?? (state === 'expired' ? trade.seller?.quote : undefined);
    const note = putBuyerNote(trade.buyer, state, { ...(quote && { quote }), closed });
    return done(`closed ${nameOf(trade)} as ${state}`, reason, [note]);
  }
  const slot = state === 'settled' ? 'settle' : state === 'refunded' ? 'refund' : undefined;
  const txs = {
    ...trade.seller.txs,
    ...(trade.chain?.txs.opened && { open: trade.chain.txs.opened }),
    ...(trade.chain?.txs.revealed && { reveal: trade.chain.txs.revealed }),
    ...(slot && tx && { [slot]: tx }),
  };
  return done(`closed ${nameOf(trade)} as ${state}`, reason, [putSellerNote(trade, state, { closed, txs })]);
}

/** Whether the escrow has a record of a trade, at a block after which it can no longer be opened. */
async function isHeld(
  { trade, state }: CloseStep,
  snapshot: Snapshot,
  ports: Pick<TradePorts, 'hasTrade'>,
): Promise<boolean> {
  const { request, buyer } = trade;
  if (state !== 'expired' || buyer?.authorization === undefined || request === undefined) return false;
  const expiry = quoteOf(trade)?.expiry ?? snapshot.now;
  return await ports.hasTrade(keyOfTrade(request, trade.id), Math.min(expiry, snapshot.now));
}

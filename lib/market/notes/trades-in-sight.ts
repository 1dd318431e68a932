import type { AgentName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { buyerTradeKind } from './buyer-trade-note.ts';
import { sellerTradeKind } from './seller-trade-note.ts';
import {
  type ChainLookup,
  isAtItsPath,
  type KeyOfTrade,
  keyOfTrade,
  purchaseOf,
  saleOf,
  type Trade,
} from './trade-pairs.ts';

/**
 * The paths of an agent's trade notes that others go on reading while it is in quarantine, so that its counterparties lose
 * nothing. Pure. By the state of a trade:
 *
 * - *requested, quoted*: nothing is at stake for either side; the notes are out of sight, and the trade expires.
 * - *authorized, not opened*: the signed payment is out. A hostile **seller** can open it on chain until it expires, so its note
 *   stays in sight of the buyer until the buyer's own note is closed (10 s after the expiry). A **buyer**'s note is out of sight:
 *   its seller has revealed nothing, opens nothing and lets the quote expire.
 * - *opened, revealed*: money is in the escrow. Both notes stay in sight: the buyer needs the address of the goods, the seller
 *   the confirmation, and whoever refunds or settles for an absent party the terms.
 * - *settled, refunded, disputed* on chain: in sight until the counterparty's own note is closed, since a buyer may still have to
 *   fetch what it paid for.
 * - *ended and closed by the counterparty*: out of sight.
 *
 * Without the chain its part is unknown, and what the counterparty has not closed stays in sight.
 * @param keyOf a caching `keyOfTrade`, if there is one.
 */
export function tradesInSight(
  vault: VaultIndex,
  chain: ChainLookup,
  agent: AgentName,
  keyOf: KeyOfTrade = keyOfTrade,
): ReadonlySet<string> {
  const inSight = new Set<string>();
  for (const note of vault.notes(sellerTradeKind, agent)) {
    if (!isAtItsPath(note)) continue;
    const sale = saleOf(note.data, vault, chain, keyOf);
    const isClosed = sale.buyer === undefined || sale.buyer.closed !== undefined;
    const isAtStake = chain === undefined || sale.chain !== undefined || sale.buyer?.authorization !== undefined;
    if (isOpen(sale) || (isAtStake && !isClosed)) inSight.add(note.path);
  }
  for (const note of vault.notes(buyerTradeKind, agent)) {
    if (!isAtItsPath(note)) continue;
    const purchase = purchaseOf(note.data, vault, chain, keyOf);
    const isClosed = purchase.seller === undefined || purchase.seller.closed !== undefined;
    const isAtStake = chain === undefined || purchase.chain !== undefined;
    if (isOpen(purchase) || (isAtStake && !isClosed)) inSight.add(note.path);
  }
  return inSight;
}

function isOpen({ chain }: Trade): boolean {
  return chain?.state === 'opened' || chain?.state === 'revealed';
}

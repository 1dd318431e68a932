import type { Address, Hex } from 'viem';
import type { ChainView, TradeRecord } from '../../core/chain.ts';
import type { LostPurchase } from '../../core/facts.ts';
import type { AgentName, TradeId } from '../../core/ids.ts';
import type { OpenedQuote } from '../escrow/opened-quote.ts';
import type { Trade } from './trade-pairs.ts';

/**
 * Finds what an account has paid for on chain and has no note of, so that it isn't bought again. A refunded trade counts as
 * never made.
 * @param bought the trades of its notes, with the chain's records; `archived` are those whose notes are in the archive.
 */
export async function readLostPurchases(
  buyer: Address,
  bought: readonly Trade[],
  at: {
    readonly archived: ReadonlySet<TradeId>;
    readonly chain: ChainView | undefined;
    readonly directory: ReadonlyMap<AgentName, Address>;
    readonly openedQuote: OpenedQuote;
  },
): Promise<readonly LostPurchase[]> {
  const { archived, chain, directory, openedQuote } = at;
  if (chain === undefined) return [];
  const mine = [...chain.records()].filter(
    (trade) => trade.buyer === buyer && trade.state !== 'refunded' && !archived.has(trade.id),
  );
  const lost = withoutNotes(mine, bought);
  if (lost.length === 0) return [];
  const names = new Map([...directory].map(([name, wallet]) => [wallet, name]));
  return Promise.all(
    lost.map(async (trade) => ({
      seller: names.get(trade.seller),
      contentRoot: (await openedQuote(trade))?.contentRoot,
      amountAtomic: trade.amountAtomic,
      openedAt: trade.openedAt,
    })),
  );
}

/** The trades on chain that none of these was read from a note of. */
export function withoutNotes(records: readonly TradeRecord[], noted: readonly Trade[]): readonly TradeRecord[] {
  if (records.length === 0) return [];
  const known = new Set<Hex>(noted.flatMap(({ chain }) => (chain === undefined ? [] : [chain.key])));
  return records.filter(({ key }) => !known.has(key));
}

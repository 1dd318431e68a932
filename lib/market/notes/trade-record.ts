import type { Address, Hex } from 'viem';
import type { EscrowState } from '../../core/chain.ts';
import type { TradeState } from '../../core/facts.ts';
import type { TradeId } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { type ArchivedTrades, createArchiveReader } from './archive-reader.ts';
import type { ArchivedTrade } from './archived-trade.ts';
import type { SellerTradeNote } from './seller-trade-note.ts';
import { allTrades, type ChainLookup, type KeyOfTrade, type Purchase, type TradeTerms } from './trade-pairs.ts';
import { tradeState } from './trade-state.ts';

/** One trade as history and statistics count it, whether its notes are on `main` or in the archive. */
export interface TradeRecord {
  readonly id: TradeId;
  readonly terms: TradeTerms;
  /** The wallets that signed; absent where the buyer's request is unknown. */
  readonly wallets: { readonly buyer: Address; readonly seller: Address } | undefined;
  readonly state: TradeState;
  /** What is on chain; undefined for a trade that was never opened, and for a live one while the chain can't be read. */
  readonly escrow: { readonly amountAtomic: bigint; readonly openedAt: number } | undefined;
  readonly deadline: number | undefined;
  /** The known transactions, by the state on chain that each led to. */
  readonly txs: { readonly [State in EscrowState]?: Hex | undefined };
  readonly received: { readonly contentRoot: Hex; readonly contentDigest: Hex; readonly sizeBytes: number } | undefined;
}

/** The time at which states are determined, and whether the chain could be read. */
export interface RecordSenses {
  readonly chain: ChainLookup;
  /** Block time in seconds since 1970; the machine's clock if the chain can't be read. */
  readonly now: number;
}

/**
 * All trades that a buyer has or had a note of: archived ones, then those on `main`.
 * @param archived reads the archive; pass a caching one, if there is one.
 */
export function allRecords(
  vault: VaultIndex,
  { chain, now }: RecordSenses,
  archived: (vault: VaultIndex) => ArchivedTrades = createArchiveReader(),
  keyOf?: KeyOfTrade,
): readonly TradeRecord[] {
  const past = archived(vault);
  const live = allTrades(vault, chain, keyOf).filter(({ id, buyer }) => !past.has('buyer', buyer.owner, id));
  return [...past.all.map(recordOfArchived), ...live.map((pair) => recordOf(pair, now, chain !== undefined))];
}

/** The record of a trade whose notes are on `main`. */
export function recordOf(pair: Purchase, now: number, chainSeen: boolean): TradeRecord {
  const { id, terms, request, buyer, seller, chain } = pair;
  return {
    id,
    terms,
    wallets: { buyer: request.buyer, seller: request.seller },
    state: tradeState(pair, now, chainSeen),
    escrow: chain,
    deadline: chain?.deadline ?? buyer.deadline ?? seller?.deadline,
    txs: chain?.txs ?? statedTxs(seller),
    received: buyer.received,
  };
}

function recordOfArchived(trade: ArchivedTrade): TradeRecord {
  const { id, buyer, seller, product, offer, subject, amountAtomic, requestedAt, state, escrow, received } = trade;
  return {
    id,
    terms: { buyer, seller, product, offer, subject, amountAtomic, requestedAt },
    wallets: trade.wallets,
    state,
    escrow,
    deadline: escrow?.deadline,
    txs: escrow?.tx === undefined ? {} : { [state]: escrow.tx },
    received:
      received === undefined || trade.contentRoot === undefined
        ? undefined
        : { contentRoot: trade.contentRoot, contentDigest: received.contentDigest, sizeBytes: received.sizeBytes },
  };
}

/** The transactions in a seller's note, by the state on chain that each led to. */
function statedTxs(seller: SellerTradeNote | undefined): TradeRecord['txs'] {
  const { open, reveal, settle, refund } = seller?.txs ?? {};
  return { opened: open, revealed: reveal, settled: settle, refunded: refund };
}

import type { Hex } from 'viem';
import type { AgentName, TradeId } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { SignedRequest } from '../terms/request.ts';
import { type ArchivedTrades, createArchiveReader } from './archive-reader.ts';
import { type BuyerTradeNote, buyerTradeKind } from './buyer-trade-note.ts';
import { sellerTradeKind } from './seller-trade-note.ts';
import {
  allTrades,
  type ChainLookup,
  isAtItsPath,
  type KeyOfTrade,
  keyOfTrade,
  type Purchase,
  purchaseOf,
  saleOf,
  type Trade,
} from './trade-pairs.ts';
import { allRecords, type TradeRecord } from './trade-record.ts';

/**
 * Reads trades for the agents of a host and caches what takes long to compute: create one a host. A note of a trade whose note
 * is in the archive doesn't count: it came late, or somebody put it back.
 */
export interface TradeReader {
  /** The ended trades whose notes are in the archive. */
  readonly archived: (vault: VaultIndex) => ArchivedTrades;
  /** The trades on `main` in which an agent is the buyer. */
  readonly bought: (vault: VaultIndex, chain: ChainLookup, name: AgentName) => readonly Purchase[];
  /**
   * The trades on `main` in which an agent is the seller: first those of its own notes, so that a buyer that has a quote can't change
   * the trade by its note, then the unanswered requests to the agent.
   */
  readonly sold: (vault: VaultIndex, chain: ChainLookup, name: AgentName) => readonly Trade[];
  /** All trades on `main` that have a buyer's note. */
  readonly all: (vault: VaultIndex, chain: ChainLookup) => readonly Purchase[];
  /** All trades, archived ones too. `now` is block time. */
  readonly records: (vault: VaultIndex, chain: ChainLookup, now: number) => readonly TradeRecord[];
}

/**
 * Creates a `keyOfTrade` that remembers what it computed, as long as the request's note is in memory: both sides need the keys in
 * every beat, and each takes a tenth of a millisecond.
 */
export function createTradeKeys(compute: KeyOfTrade = keyOfTrade): KeyOfTrade {
  const keys = new WeakMap<SignedRequest, { readonly id: TradeId; readonly key: Hex }>();
  return (request, id) => {
    const known = keys.get(request);
    if (known?.id === id) return known.key;
    const key = compute(request, id);
    keys.set(request, { id, key });
    return key;
  };
}

/** Creates a reader with empty caches. */
export function createTradeReader(): TradeReader {
  const keyOf = createTradeKeys();
  const requestsBySeller = oncePer(groupBySeller);
  const archived = createArchiveReader();
  const isLive = (vault: VaultIndex): ((note: Note<BuyerTradeNote>) => boolean) => {
    const past = archived(vault);
    return (note) => isAtItsPath(note) && !past.has('buyer', note.data.owner, note.data.id);
  };

  return {
    archived,
    bought: (vault, chain, name) =>
      vault
        .notes(buyerTradeKind, name)
        .filter(isLive(vault))
        .map(({ data }) => purchaseOf(data, vault, chain, keyOf)),
    sold: (vault, chain, name) => {
      const past = archived(vault);
      const answered = vault
        .notes(sellerTradeKind, name)
        .filter((note) => isAtItsPath(note) && !past.has('seller', name, note.data.id))
        .map(({ data }) => saleOf(data, vault, chain, keyOf));
      const ids = new Set(answered.map(({ id }) => id));
      const fresh = (requestsBySeller(vault).get(name) ?? []).filter(
        ({ data }) =>
          !ids.has(data.id) && !past.has('seller', name, data.id) && !past.has('buyer', data.owner, data.id),
      );
      return [...answered, ...fresh.map(({ data }) => purchaseOf(data, vault, chain, keyOf))];
    },
    all: (vault, chain) => {
      const past = archived(vault);
      return allTrades(vault, chain, keyOf).filter(({ id, buyer }) => !past.has('buyer', buyer.owner, id));
    },
    records: (vault, chain, now) => allRecords(vault, { chain, now }, archived, keyOf),
  };
}

/** All requests by the seller that they name. */
function groupBySeller(vault: VaultIndex): ReadonlyMap<AgentName, readonly Note<BuyerTradeNote>[]> {
  const groups = new Map<AgentName, Note<BuyerTradeNote>[]>();
  for (const note of vault.notes(buyerTradeKind)) {
    if (!isAtItsPath(note)) continue;
    const group = groups.get(note.data.seller);
    if (group === undefined) groups.set(note.data.seller, [note]);
    else group.push(note);
  }
  return groups;
}

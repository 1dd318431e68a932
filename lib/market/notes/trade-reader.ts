import { LRUCache } from 'lru-cache';
import type { Hex } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
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

/** Reads trades for the agents of a host and caches what takes long to compute: create one a host. */
export interface TradeReader {
  /** The trades in which an agent is the buyer. */
  readonly bought: (vault: VaultIndex, chain: ChainLookup, name: AgentName) => readonly Purchase[];
  /**
   * The trades in which an agent is the seller: first those of its own notes, so that a buyer that has a quote can't change
   * the trade by its note, then the unanswered requests to the agent.
   */
  readonly sold: (vault: VaultIndex, chain: ChainLookup, name: AgentName) => readonly Trade[];
  /** All trades in the vault that have a buyer's note. */
  readonly all: (vault: VaultIndex, chain: ChainLookup) => readonly Purchase[];
}

/** The maximum number of cached trade keys: those of a busy month. */
const MOST_KEYS = 100_000;

/** Creates a `keyOfTrade` that remembers what it computed: both sides need the keys in every beat. */
export function createTradeKeys(): KeyOfTrade {
  const keys = new LRUCache<string, Hex>({ max: MOST_KEYS });
  return (request, id) => {
    const name = `${request.buyer} ${request.seller} ${id}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = keyOfTrade(request, id);
    keys.set(name, key);
    return key;
  };
}

/** Creates a reader with empty caches. */
export function createTradeReader(): TradeReader {
  const keyOf = createTradeKeys();
  const requestsBySeller = oncePer(groupBySeller);

  return {
    bought: (vault, chain, name) =>
      vault
        .notes(buyerTradeKind, name)
        .filter(isAtItsPath)
        .map(({ data }) => purchaseOf(data, vault, chain, keyOf)),
    sold: (vault, chain, name) => {
      const answered = vault
        .notes(sellerTradeKind, name)
        .filter(isAtItsPath)
        .map(({ data }) => saleOf(data, vault, chain, keyOf));
      const ids = new Set(answered.map(({ id }) => id));
      const fresh = (requestsBySeller(vault).get(name) ?? []).filter(({ data }) => !ids.has(data.id));
      return [...answered, ...fresh.map(({ data }) => purchaseOf(data, vault, chain, keyOf))];
    },
    all: (vault, chain) => allTrades(vault, chain, keyOf),
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

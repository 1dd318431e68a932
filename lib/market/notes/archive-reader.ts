import type { TradeFact } from '../../core/facts.ts';
import type { AgentName, TradeId } from '../../core/ids.ts';
import type { Note } from '../../core/note.ts';
import { oncePer } from '../../core/once.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { type ArchivedTrade, type ArchivedTradesPage, archivedTradesKind } from './archived-trade.ts';

type Side = TradeFact['side'];

/** The ended trades whose notes are in the archive, from the index pages that `main` keeps. Immutable. */
export interface ArchivedTrades {
  /** Those with a buyer's note. */
  readonly all: readonly ArchivedTrade[];
  /** Those in which an agent is on a side, and had a note. The same list as long as the archive is the same. */
  readonly of: (side: Side, name: AgentName) => readonly ArchivedTrade[];
  /** Whether a side's note of a trade was archived: then a note that is there again doesn't count. */
  readonly has: (side: Side, owner: AgentName, id: TradeId) => boolean;
}

const NONE: readonly never[] = [];

/** Creates a function that reads the archived trades, once as long as the index pages are the same. */
export function createArchiveReader(): (vault: VaultIndex) => ArchivedTrades {
  const join = oncePer(joinPages);
  return (vault) => join(vault.notes(archivedTradesKind));
}

/** Joins index pages. A side's note that several records name counts once, as the first of them says. */
export function joinPages(pages: readonly Note<ArchivedTradesPage>[]): ArchivedTrades {
  const seen = new Map<TradeId, ArchivedTrade[]>();
  const all: ArchivedTrade[] = [];
  const sides: Record<Side, Map<AgentName, ArchivedTrade[]>> = { buyer: new Map(), seller: new Map() };
  const has = (side: Side, owner: AgentName, id: TradeId): boolean =>
    seen.get(id)?.some((trade) => isOf(trade, side) && trade[side] === owner) ?? false;
  for (const { data } of pages) {
    for (const trade of data.trades) {
      const fresh = (['buyer', 'seller'] as const).filter(
        (side) => isOf(trade, side) && !has(side, trade[side], trade.id),
      );
      for (const side of fresh) addTo(sides[side], trade[side], trade);
      if (fresh.includes('buyer')) all.push(trade);
      if (fresh.length > 0) addTo(seen, trade.id, trade);
    }
  }
  return { all, of: (side, name) => sides[side].get(name) ?? NONE, has };
}

function isOf(trade: ArchivedTrade, side: Side): boolean {
  return trade.of === 'both' || trade.of === side;
}

function addTo<Key>(groups: Map<Key, ArchivedTrade[]>, key: Key, trade: ArchivedTrade): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [trade]);
  else group.push(trade);
}

import { SWARM } from '../../core/ids.ts';
import { sumAtomic } from '../../core/money.ts';
import type { ArchivePlan } from '../../market/archive/plan-archive.ts';
import { type ArchivePage, archiveKind, archivePath } from '../../market/notes/archive-page.ts';
import {
  type ArchivedTrade,
  archivedTradesKind,
  archivedTradesPath,
  RECORDS_A_PAGE,
} from '../../market/notes/archived-trade.ts';
import {
  archivedTransfersKind,
  archivedTransfersPath,
  TRANSFERS_A_PAGE,
} from '../../market/notes/archived-transfers.ts';
import { encodeNote } from '../../vault/codec.ts';

/** A page of the index on `main`. */
interface Page {
  readonly path: string;
  readonly text: string;
}

/** What a summary says besides the plan's records. */
type PageFacts = Pick<ArchivePage, 'id' | 'until' | 'archivedAt' | 'commit' | 'logs' | 'files'>;

/** The products that a summary lists; a swarm has some ten. */
const MOST_PRODUCTS = 200;

/** Renders the index pages of a period: the summary for people, and the records that programs read, a bounded number a page. */
export function archivePages({ trades, transfers }: ArchivePlan, facts: PageFacts): readonly Page[] {
  const { id: period } = facts;
  const envelope = { schema: 1, owner: SWARM } as const;
  const sorted = [...trades].sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1));
  const bought = trades.filter(({ of }) => of !== 'seller');
  const summary: ArchivePage = {
    ...envelope,
    kind: 'archive',
    ...facts,
    state: 'archived',
    trades: bought.length,
    transfers: transfers.length,
    paidAtomic: paidFor(bought),
    products: productLines(bought),
  };
  return [
    ...inPages(sorted, RECORDS_A_PAGE).map((some, at) => ({
      path: archivedTradesPath(period, at + 1),
      text: encodeNote(archivedTradesKind, {
        ...envelope,
        kind: 'archived-trades' as const,
        id: `${period} trades ${at + 1}`,
        trades: [...some],
      }),
    })),
    ...inPages(transfers, TRANSFERS_A_PAGE).map((some, at) => ({
      path: archivedTransfersPath(period, at + 1),
      text: encodeNote(archivedTransfersKind, {
        ...envelope,
        kind: 'archived-transfers' as const,
        id: `${period} transfers ${at + 1}`,
        transfers: [...some],
      }),
    })),
    { path: archivePath(period), text: encodeNote(archiveKind, summary) },
  ];
}

function productLines(trades: readonly ArchivedTrade[]): ArchivePage['products'] {
  const products = [...new Set(trades.map(({ product }) => product))].sort().slice(0, MOST_PRODUCTS);
  return products.map((product) => {
    const some = trades.filter((trade) => trade.product === product);
    const settled = some.filter(({ state }) => state === 'settled');
    return { product, settled: settled.length, other: some.length - settled.length, paidAtomic: paidFor(some) };
  });
}

function paidFor(trades: readonly ArchivedTrade[]): bigint {
  return sumAtomic(trades.flatMap(({ state, escrow }) => (state === 'settled' && escrow ? [escrow.amountAtomic] : [])));
}

function inPages<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

import type { Flow } from '../../core/flow.ts';
import type { Need } from '../../core/intent.ts';
import type { NoteKind } from '../../core/note.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import { encodeNote } from '../../vault/codec.ts';
import { ledgerKind, ledgerOf } from './ledger-page.ts';
import { supplyChainKind, supplyChainOf } from './supply-chain-page.ts';
import { tasksKind, tasksOf } from './tasks-page.ts';

/** A page that the coordinator maintains: its wanted text and its current text. */
interface PageView {
  readonly path: string;
  readonly text: string;
  readonly current: string | undefined;
}

/** Reads the needs of all agents. Passed in, because their note belongs to lib/heartbeat, which a flow doesn't import. */
export type ReadNeeds = (snapshot: Snapshot) => readonly { readonly agent: string; readonly need: Need }[];

/** Keeps `shared/supply-chain.md`, `ledger.md` and `tasks.md` up to date with the vault and the chain. */
export function createCoordinationFlow(trades: TradeReader, readNeeds: ReadNeeds): Flow<PageView, PageView> {
  return {
    name: 'coordination',
    read: (snapshot) => renderPages(snapshot, trades, readNeeds),
    next: (view) =>
      view.text === view.current
        ? { type: 'wait', until: undefined, reason: 'the page is up to date' }
        : { type: 'step', step: view, reason: 'the facts behind it changed' },
    perform: async (steps) => [
      {
        flow: 'coordination',
        what: `updated ${steps.map(({ step }) => step.path).join(' and ')}`,
        reason: 'the facts behind them changed',
        operations: steps.map(({ step }) => ({ op: 'put', path: step.path, text: step.text })),
        announcements: [],
      },
    ],
  };
}

function renderPages(snapshot: Snapshot, reader: TradeReader, readNeeds: ReadNeeds): readonly PageView[] {
  const { vault, chain, me, market, directory } = snapshot;
  if (chain === undefined) return [];
  // A note that names a trade of other wallets would count that trade twice.
  const trades = reader
    .records(vault, chain, chain.blockTime)
    .filter(
      ({ terms, wallets }) =>
        wallets !== undefined &&
        directory.get(terms.buyer) === wallets.buyer &&
        directory.get(terms.seller) === wallets.seller,
    );
  const asked = new Set(trades.map(({ terms }) => `${terms.buyer} ${terms.offer}`));
  const has = (agent: string, offer: { readonly id: string }) => asked.has(`${agent} ${offer.id}`);
  const page = <Data>(kind: NoteKind<Data>, name: string, data: Data): PageView => {
    const path = `shared/${name}.md`;
    return { path, text: encodeNote(kind, data), current: vault.text(path) };
  };
  return [
    page(supplyChainKind, 'supply-chain', supplyChainOf(me.name, vault, trades)),
    page(ledgerKind, 'ledger', ledgerOf(me.name, vault, trades)),
    page(tasksKind, 'tasks', tasksOf(me.name, readNeeds(snapshot), [...market.offers, ...market.myOffers], has)),
  ];
}

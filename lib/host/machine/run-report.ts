import type { Address } from 'viem';
import type { ChainView } from '../../core/chain.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { offerKind } from '../../market/notes/offer-note.ts';
import type { TradeRecord } from '../../market/notes/trade-record.ts';
import { paidFor, recordsOf, settledOf, totalsOf } from './count-trades.ts';

/** The facts of the report that aren't in the vault or on the chain. */
export interface RunFacts {
  readonly agents: readonly {
    readonly manifest: Manifest;
    readonly address: Address;
    readonly beats: number;
    readonly mostInARound: number;
    readonly errors: number;
  }[];
  readonly vault: { readonly path: string; readonly remote: string; readonly head: string; readonly commits: number };
  readonly irc: {
    readonly address: string;
    readonly channel: string;
    readonly have: number;
    readonly need: number;
    readonly answers: number;
    readonly deals: number;
  };
  readonly chain: { readonly rpc: string; readonly chainId: number; readonly escrow: Address; readonly token: Address };
  /** Offers made in this run, by product; withdrawn ones count. */
  readonly offered: ReadonlyMap<string, number>;
  readonly drainBeats: number;
  readonly durationMs: number;
}

/** The RunReport that a bounded run prints: amounts in atomic units as strings. */
export function createRunReport(facts: RunFacts, index: VaultIndex, chain: ChainView) {
  const trades = recordsOf(index, chain);
  const settled = settledOf(trades);
  const { paidAtomic, ...counts } = totalsOf(trades);
  const paid = (pairs: readonly TradeRecord[]): string => paidFor(pairs).toString();
  const productNames = new Set([
    ...facts.offered.keys(),
    ...index.notes(offerKind).map(({ data }) => data.product),
    ...settled.map(({ terms }) => terms.product),
  ]);
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'RunReport',
    agents: facts.agents.map(({ manifest, beats, mostInARound, errors }) => ({
      name: manifest.metadata.name,
      role: manifest.spec.role,
      beats,
      mostInARound,
      errors,
      spentAtomic: paid(settled.filter(({ terms }) => terms.buyer === manifest.metadata.name)),
      earnedAtomic: paid(settled.filter(({ terms }) => terms.seller === manifest.metadata.name)),
    })),
    vault: facts.vault,
    irc: facts.irc,
    chain: facts.chain,
    trades: counts,
    products: Object.fromEntries(
      [...productNames].sort().map((product) => [
        product,
        {
          offered:
            facts.offered.get(product) ?? index.notes(offerKind).filter(({ data }) => data.product === product).length,
          sold: settled.filter(({ terms }) => terms.product === product).length,
        },
      ]),
    ),
    usdcMovedAtomic: paidAtomic.toString(),
    drainBeats: facts.drainBeats,
    durationMs: facts.durationMs,
  } as const;
}

export type RunReport = ReturnType<typeof createRunReport>;

import { z } from 'zod';
import { agentName, productName } from '../../core/ids.ts';
import { table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc, sumAtomic } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { offerKind } from '../../market/notes/offer-note.ts';
import type { TradeRecord } from '../../market/notes/trade-record.ts';

const line = z.strictObject({
  product: productName,
  sellers: z.array(agentName).max(100),
  buyers: z.array(agentName).max(200),
  offered: z.number().int().min(0),
  sold: z.number().int().min(0),
  paidAtomic: atomicAmount,
});

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('supply-chain'),
  schema: z.literal(1),
  products: z.array(line).max(100),
});
export type SupplyChain = z.infer<typeof schema>;

/** `shared/supply-chain.md`: who makes what for whom, rendered by the coordinator. */
export const supplyChainKind: NoteKind<SupplyChain> = {
  kind: 'supply-chain',
  version: 1,
  path: /^shared\/supply-chain\.md$/,
  schema,
  front: (data) => ({
    ...data,
    products: data.products.map((item) => ({ ...item, paidAtomic: item.paidAtomic.toString() })),
  }),
  body: renderSupplyChain,
};

/** Computes the supply chain from the vault's offers and settled trades, ordered by product. */
export function supplyChainOf(owner: string, vault: VaultIndex, trades: readonly TradeRecord[]): SupplyChain {
  const offers = vault.notes(offerKind).map(({ data }) => data);
  const settled = trades.filter(({ state, escrow }) => state === 'settled' && escrow !== undefined);
  const products = [
    ...new Set([...offers.map((offer) => offer.product), ...settled.map(({ terms }) => terms.product)]),
  ];
  return {
    kind: 'supply-chain',
    schema: 1,
    id: 'supply-chain',
    owner,
    products: products.sort().map((product) => {
      const sales = settled.filter(({ terms }) => terms.product === product);
      const sellers = [
        ...offers.filter((offer) => offer.product === product).map((offer) => offer.owner),
        ...sales.map(({ terms }) => terms.seller),
      ];
      return {
        product,
        sellers: [...new Set(sellers)].sort().slice(0, 100),
        buyers: [...new Set(sales.map(({ terms }) => terms.buyer))].sort().slice(0, 200),
        offered: offers.filter((offer) => offer.product === product).length,
        sold: sales.length,
        paidAtomic: sumAtomic(sales.map(({ terms }) => terms.amountAtomic)),
      };
    }),
  };
}

function renderSupplyChain(data: SupplyChain): string {
  const arrows = data.products.flatMap(({ product, sellers, buyers }) =>
    sellers.flatMap((seller) => {
      const community = buyers.filter((buyer) => !makers(data).has(buyer));
      const through = buyers.filter((buyer) => makers(data).has(buyer));
      const arrow = (to: string) => `  ${nodeId(seller)}["${seller}"] -->|${product}| ${to}`;
      return [
        ...through.map((buyer) => arrow(`${nodeId(buyer)}["${buyer}"]`)),
        ...(community.length > 0 ? [arrow(`community(["${community.length} others"])`)] : []),
      ];
    }),
  );
  return [
    '# The supply chain',
    '',
    'Who sold what to whom so far. Arrows are settled trades.',
    '',
    ...(arrows.length === 0 ? ['Nothing is settled yet.'] : ['```mermaid', 'flowchart LR', ...arrows, '```']),
    '',
    table(
      ['Product', 'Made by', 'Offers now', 'Sold', 'Paid (USDC)', 'Buyers'],
      data.products.map((item) => [
        item.product,
        item.sellers.map((seller) => wikilink(seller)).join(', '),
        String(item.offered),
        String(item.sold),
        formatUsdc(item.paidAtomic),
        item.buyers.map((buyer) => wikilink(buyer)).join(', '),
      ]),
    ),
    '',
  ].join('\n');
}

function makers(data: SupplyChain): ReadonlySet<string> {
  return new Set(data.products.flatMap((item) => item.sellers));
}

function nodeId(name: string): string {
  return name.replaceAll('-', '_');
}

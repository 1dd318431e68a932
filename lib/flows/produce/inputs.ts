import type { Hex } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { buyerTradeKind } from '../../market/buyer-trade-note.ts';
import { offerKind } from '../../market/offer-note.ts';
import type { InputRef } from '../../products/definition.ts';

/** Goods that an agent bought and holds, with what it paid for them. */
export interface BoughtInput extends InputRef {
  readonly costAtomic: bigint;
}

/** The goods that an agent bought, opened and still has on its disk. It works on these and on nothing else. */
export async function readBoughtInputs(
  vault: VaultIndex,
  name: AgentName,
  goods: Pick<GoodsStore, 'has' | 'path'>,
): Promise<readonly BoughtInput[]> {
  const inputs: BoughtInput[] = [];
  for (const { data } of vault.notes(buyerTradeKind, name)) {
    if (data.received === undefined || data.confirmation === undefined) continue;
    const digest = data.received.contentDigest;
    if (!(await goods.has(digest))) continue;
    inputs.push({
      product: data.product,
      digest,
      path: goods.path(digest),
      label: data.subject,
      offer: data.offer,
      costAtomic: data.amountAtomic,
    });
  }
  return inputs;
}

/** The digests of everything that an agent's live offers of a product were made from. */
export function offeredInputs(vault: VaultIndex, name: AgentName, product: string): ReadonlySet<Hex> {
  const offers = vault.notes(offerKind, name).filter(({ data }) => data.product === product);
  return new Set(offers.flatMap(({ data }) => data.inputs));
}

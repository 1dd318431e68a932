import type { Hex } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { goodsReceived } from '../../market/notes/goods-received.ts';
import { offerKind } from '../../market/notes/offer-note.ts';
import type { InputRef } from '../../products/definition.ts';
import { pseudonym } from '../../products/settings.ts';

/** Goods that an agent bought and has, with the price that it paid. */
export interface BoughtInput extends InputRef {
  readonly costAtomic: bigint;
}

/**
 * Lists the goods that an agent bought, opened and still has on its disk; it works only on these. Goods about a person count
 * only as long as their seller offers such goods about that person, so that an opt-out takes effect here, too.
 */
export async function readBoughtInputs(
  vault: VaultIndex,
  name: AgentName,
  goods: Pick<GoodsStore, 'has' | 'path'>,
): Promise<readonly BoughtInput[]> {
  const inputs: BoughtInput[] = [];
  const offered = offeredPeople(vault);
  for (const { digest, seller, product, subject, offer, amountAtomic } of goodsReceived(vault, name)) {
    if (isPerson(subject) && !offered.has(aboutKey(seller, product, subject))) continue;
    if (!(await goods.has(digest))) continue;
    inputs.push({ product, digest, path: goods.path(digest), label: subject, offer, costAtomic: amountAtomic });
  }
  return inputs;
}

function offeredPeople(vault: VaultIndex): ReadonlySet<string> {
  const offers = vault.notes(offerKind).filter(({ data }) => isPerson(data.subject));
  return new Set(offers.map(({ data }) => aboutKey(data.owner, data.product, data.subject)));
}

function isPerson(subject: string): boolean {
  return pseudonym.safeParse(subject).success;
}

function aboutKey(seller: string, product: string, subject: string): string {
  return `${seller} ${product} ${subject}`;
}

/** The digests of the inputs of an agent's live offers of a product; an offer with an input not in `holding` doesn't count. */
export function offeredInputs(
  vault: VaultIndex,
  name: AgentName,
  product: string,
  holding: ReadonlySet<Hex>,
): ReadonlySet<Hex> {
  const offers = vault.notes(offerKind, name).filter(({ data }) => data.product === product);
  const made = offers.map(({ data }) => data.inputs).filter((inputs) => inputs.every((input) => holding.has(input)));
  return new Set(made.flat());
}

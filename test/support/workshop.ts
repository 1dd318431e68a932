import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import type { VaultOperation } from '../../lib/core/vault.ts';
import { type GoodsStore, openGoodsStore } from '../../lib/delivery/goods-store.ts';
import { createWorkshop, type Workshop, type WorkshopPorts } from '../../lib/flows/produce/workshop.ts';
import type { BuyerTradeNote } from '../../lib/market/notes/buyer-trade-note.ts';
import { type OfferNote, offerKind, offerPath } from '../../lib/market/notes/offer-note.ts';
import type { MadeGoods } from '../../lib/products/definition.ts';
import { createProducts } from '../../lib/products/registry.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { sha256 } from '../../lib/work/digest.ts';
import { inProcess } from '../../lib/work/executor.ts';
import { type MemoryVault, memoryVault } from './memory-vault.ts';
import { id32, manifestOf, meOf, NOW } from './snapshot.ts';
import { authorized, BUYER, buyerNote, confirmedBy, putBuyer, SELLER_WALLET, SIGNATURE } from './trade-notes.ts';

/** A maker with a goods store and a vault of its own, whose clock a test moves on. */
export interface Maker {
  readonly workshop: Workshop;
  readonly goods: GoodsStore;
  readonly vault: MemoryVault;
  readonly logged: string[];
  readonly advance: (ms: number) => void;
  /** What it knows once all that it started in the background has ended. */
  readonly settled: () => ReturnType<Workshop['read']>;
  /** Puts goods into its store with the note of the trade that brought them. */
  readonly buy: (product: string, made: Pick<MadeGoods, 'path'> & Partial<MadeGoods>) => Promise<Hex>;
}

/** Creates a maker of some products in a folder. */
export async function makerOf(
  dir: string,
  sells: readonly string[],
  ports: Partial<WorkshopPorts> = {},
): Promise<Maker> {
  const goods = await openGoodsStore(join(dir, 'maker'));
  const outDir = join(dir, 'maker', 'work');
  await mkdir(outDir, { recursive: true });
  const vault = memoryVault();
  const logged: string[] = [];
  let nowMs = 1_000_000;
  let trades = 0;
  const lines = sells.map((product) => ({ product, price: '0.05' }));
  const workshop = createWorkshop({
    me: meOf(manifestOf(BUYER, { role: 'extractor', sells: lines })),
    definitions: createProducts(),
    corpus: undefined,
    goods,
    executor: inProcess,
    outDir,
    nowMs: () => nowMs,
    changed: () => {},
    log: (line) => logged.push(line),
    ...ports,
  });
  return {
    workshop,
    goods,
    vault,
    logged,
    advance: (ms) => {
      nowMs += ms;
    },
    settled: async () => {
      await workshop.read(vault.index());
      await workshop.idle();
      await workshop.read(vault.index());
      await workshop.idle();
      return workshop.read(vault.index());
    },
    buy: async (product, { path, order }) => {
      const { digest, sizeBytes } = await goods.put(path);
      trades += 1;
      const { received, ...confirmed } = confirmedBy();
      if (received === undefined) throw new Error('a confirmed trade has goods');
      const note: Partial<BuyerTradeNote> = {
        id: id32(`trade ${trades}`),
        product,
        subject: order?.subject ?? '',
        ...authorized(),
        ...confirmed,
        received: { ...received, contentDigest: digest, sizeBytes },
      };
      vault.apply([putBuyer(buyerNote(note))]);
      return digest;
    },
  };
}

/** Puts an offer on the market that nobody signed, with nothing behind it but the inputs it names. */
export function putOffer(owner: string, changes: Partial<OfferNote> = {}): VaultOperation {
  const id = sha256(JSON.stringify([changes.product, changes.subject, changes.inputs]));
  const text = encodeNote(offerKind, {
    id,
    owner,
    seller: SELLER_WALLET,
    product: 'skill-profile',
    subject: '',
    title: 'An offer',
    priceAtomic: 50_000n,
    size: 2000,
    contentRoot: id32('root 1'),
    workHead: id32('head'),
    createdAt: NOW,
    salt: id32('salt'),
    signature: SIGNATURE,
    unitCount: 1,
    topics: [],
    contentDigest: id32('digest'),
    orderKey: id32('order'),
    inputs: [],
    work: [],
    ...changes,
  });
  return { op: 'put', path: offerPath(owner, id), text };
}

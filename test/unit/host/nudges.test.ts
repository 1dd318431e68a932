import { describe, expect, it } from 'vitest';
import type { VaultOperation } from '../../../lib/core/vault.ts';
import { concernedBy, neededBy, watchVault } from '../../../lib/host/nudges.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { manifestOf } from '../../support/snapshot.ts';
import { authorized, BUYER, buyerNote, putBuyer, putSeller, SELLER, sellerNote } from '../../support/trade-notes.ts';
import { putOffer } from '../../support/workshop.ts';

function pathsOf(...operations: readonly VaultOperation[]) {
  const vault = memoryVault();
  vault.apply(operations);
  return { index: vault.index(), paths: operations.map(({ path }) => path) };
}

describe('a note that lands', () => {
  it('concerns the other side of its trade, and whom an offer is for', () => {
    const bought = pathsOf(putBuyer(buyerNote()));
    expect(bought.paths.map((path) => concernedBy(bought.index, path))).toEqual([SELLER]);
    const sold = pathsOf(putSeller(sellerNote()));
    expect(sold.paths.map((path) => concernedBy(sold.index, path))).toEqual([BUYER]);
    const offers = pathsOf(putOffer(SELLER, { for: BUYER }), putOffer(SELLER, { subject: 'for all' }));
    expect(offers.paths.map((path) => concernedBy(offers.index, path))).toEqual([BUYER, undefined]);
  });

  it('is needed in time where somebody pays or is to pay, else it can wait', () => {
    const deadline = 1_900_000_000;
    const when = (...operations: readonly VaultOperation[]) => {
      const { index, paths } = pathsOf(...operations);
      return paths.map((path) => neededBy(index, path));
    };
    const closed = { state: 'expired', at: 1_800_000_000 } as const;
    expect(when(putBuyer(buyerNote({ deadline })))).toEqual([undefined]);
    expect(when(putBuyer(buyerNote({ ...authorized(), deadline })))).toEqual([deadline]);
    expect(when(putBuyer(buyerNote({ ...authorized(), deadline, closed })))).toEqual([undefined]);
    expect(when(putSeller(sellerNote({ deadline })))).toEqual([deadline]);
    expect(when(putSeller(sellerNote({ deadline, closed })))).toEqual([undefined]);
    expect(when(putOffer(SELLER, { for: BUYER }))).toEqual([undefined]);
  });

  it('concerns nobody by the words in its path: only a note where its kind lives does', () => {
    const note = putBuyer(buyerNote());
    if (note.op !== 'put') throw new Error('not a put');
    const astray = [
      `agents/${BUYER}/notes/trades/x.md`,
      `people/trades/2026-11/x.md`,
      `agents/${BUYER}/jobs/trades/x.md`,
    ];
    const { index, paths } = pathsOf(...astray.map((path) => ({ ...note, path })));
    expect(paths.map((path) => concernedBy(index, path))).toEqual([undefined, undefined, undefined]);
  });

  it('wakes whom it concerns and is told of once where it is an offer', async () => {
    const operations = [putOffer(SELLER, { for: BUYER }), putBuyer(buyerNote())];
    const { index, paths } = pathsOf(...operations);
    const woken: string[] = [];
    const offered: string[] = [];
    const agents = [BUYER, SELLER].map((name) => ({ manifest: manifestOf(name), nudge: () => void woken.push(name) }));
    let land: (paths: readonly string[]) => void = () => undefined;
    const vault: Parameters<typeof watchVault>[0] = {
      read: async () => index,
      watch: (listener) => {
        land = (changed) => listener({ head: index.head, paths: changed });
        return () => undefined;
      },
    };
    watchVault(
      vault,
      agents,
      (product) => offered.push(product),
      () => undefined,
    );
    land(paths);
    land(paths);
    await new Promise((resolve) => setImmediate(resolve));
    expect(woken).toEqual([BUYER, SELLER, BUYER, SELLER]);
    expect(offered).toEqual(['skill-profile']);
  });
});

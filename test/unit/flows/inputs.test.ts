import { describe, expect, it } from 'vitest';
import { offeredInputs, readBoughtInputs } from '../../../lib/flows/produce/inputs.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { id32 } from '../../support/snapshot.ts';
import { authorized, BUYER, buyerNote, confirmedBy, putBuyer, SELLER } from '../../support/trade-notes.ts';
import { putOffer } from '../../support/workshop.ts';

const goods = (held: boolean) => ({ has: async () => held, path: (digest: string) => `/goods/${digest}` });

async function inputsOf(changes: Parameters<typeof buyerNote>[0], held = true) {
  const vault = memoryVault();
  vault.apply([putBuyer(buyerNote(changes))]);
  return await readBoughtInputs(vault.index(), BUYER, goods(held));
}

describe('the inputs of a maker', () => {
  it('are what it paid for, received, and still holds, at what it paid', async () => {
    const bought = { ...authorized(), ...confirmedBy() };
    expect(await inputsOf(bought)).toMatchObject([{ digest: id32('digest 1'), costAtomic: 50_000n }]);
    expect(await inputsOf(bought, false)).toEqual([]);
    expect(await inputsOf(authorized())).toEqual([]);
    expect(await inputsOf({ ...bought, confirmation: undefined })).toEqual([]);
  });

  it('are goods about a person only while their seller offers such goods about that person', async () => {
    const subject = 'anon-k7q2m4xw3a';
    const vault = memoryVault();
    vault.apply([putBuyer(buyerNote({ ...authorized(), ...confirmedBy(), subject }))]);
    const count = async () => (await readBoughtInputs(vault.index(), BUYER, goods(true))).length;
    expect(await count()).toBe(0);
    vault.apply([putOffer(SELLER, { subject: 'anon-aaaaaaaaaa' }), putOffer(SELLER, { subject, product: 'soul' })]);
    expect(await count()).toBe(0);
    vault.apply([putOffer(SELLER, { subject })]);
    expect(await count()).toBe(1);
  });
});

describe('what raw logs were offered of', () => {
  it('leaves out offers of which some day no longer holds', () => {
    const vault = memoryVault();
    const inputs = [id32('one'), id32('two')];
    vault.apply([
      putOffer(SELLER, { product: 'raw-logs', inputs }),
      putOffer(SELLER, { product: 'raw-logs', inputs: [id32('3')] }),
    ]);
    const offered = (...holding: readonly string[]) =>
      [...offeredInputs(vault.index(), SELLER, 'raw-logs', new Set(holding.map((name) => id32(name))))].sort();
    expect(offered('one', 'two', '3')).toEqual([...inputs, id32('3')].sort());
    expect(offered('two', '3')).toEqual([id32('3')]);
  });
});

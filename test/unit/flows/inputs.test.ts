import { describe, expect, it } from 'vitest';
import { readBoughtInputs } from '../../../lib/flows/produce/inputs.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { id32 } from '../../support/snapshot.ts';
import { authorized, BUYER, buyerNote, confirmedBy, putBuyer } from '../../support/trade-notes.ts';

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
});

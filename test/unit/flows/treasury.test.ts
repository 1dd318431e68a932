import fc from 'fast-check';
import type { Address } from 'viem';
import { describe, expect, it } from 'vitest';
import type { OfferFact } from '../../../lib/core/facts.ts';
import { runnable } from '../../../lib/core/flow.ts';
import { TREASURY } from '../../../lib/core/ids.ts';
import { sumAtomic } from '../../../lib/core/money.ts';
import { allowanceOf, dailyTopUp, daysOnOffer, endowmentFor, surplus } from '../../../lib/flows/treasury/allowance.ts';
import { createHandOutFlow } from '../../../lib/flows/treasury/hand-out-flow.ts';
import { type HandOutFacts, planHandOuts } from '../../../lib/flows/treasury/hand-outs.ts';
import { ledgerFlow } from '../../../lib/flows/treasury/ledger-flow.ts';
import { handOutNonce, treasuryNonce } from '../../../lib/flows/treasury/treasury-nonce.ts';
import type { TreasurySnapshot } from '../../../lib/flows/treasury/treasury-snapshot.ts';
import { treasuryKind } from '../../../lib/market/notes/treasury-note.ts';
import type { SendTransfer } from '../../../lib/market/token/send-transfer.ts';
import type { TransferRecord } from '../../../lib/market/token/transfers.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, id32, manifestOf, NOW, offerFact } from '../../support/snapshot.ts';

const DAY = 100;
const BANK = addressOf(0xba);
const community = manifestOf('kk-fan', { budget: { daily: '0.5', reserve: '0.05' } });
const system = manifestOf('kk-maker', {
  role: 'extractor',
  budget: { daily: '2', reserve: '0.2' },
  buys: [{ product: 'raw-logs', maxPrice: '0.012', unit: 'day', sellers: ['kk-karma-hello'] }],
});
const agents = [
  { manifest: community, address: addressOf(0xfa) },
  { manifest: system, address: addressOf(0x3a) },
];
const backlog = offerFact(1, { product: 'raw-logs', seller: 'kk-karma-hello', unitCount: 30, priceAtomic: 300_000n });

/** A treasury with a token that takes each nonce once, and spenders who spend what they get. */
class Bank {
  now = NOW;
  gives = true;
  readonly vault = memoryVault();
  readonly movements: TransferRecord[] = [];
  readonly nonces = new Set<string>();
  readonly balances = new Map<Address, bigint>();

  readonly send: SendTransfer = async ({ to, amountAtomic, nonce }) => {
    if (this.nonces.has(nonce)) return 'already-sent';
    this.nonces.add(nonce);
    this.pay(to, amountAtomic, `tx ${this.movements.length}`);
    return 'sent';
  };

  pay(to: Address, amountAtomic: bigint, tx: string): void {
    this.balances.set(to, (this.balances.get(to) ?? 0n) + amountAtomic);
    this.movements.push({ tx: id32(tx), from: BANK, to, amountAtomic, block: this.movements.length, at: this.now });
  }

  /** One beat; `sees` is false where what is read of the chain lags behind, `records` where it is killed before it writes. */
  async beat(sees: boolean, records: boolean): Promise<void> {
    const day = Math.floor(this.now / DAY);
    const due = agents
      .filter(({ manifest }) => !sees || !this.nonces.has(handOutNonce(manifest, day)))
      .map((agent) => ({ ...agent, balanceAtomic: this.balances.get(agent.address) ?? 0n }));
    const snapshot: TreasurySnapshot = {
      daySeconds: DAY,
      treasury: BANK,
      vault: this.vault.index(),
      transfers: sees ? [...this.movements] : [],
      names: new Map(agents.map(({ manifest, address }) => [address, manifest.metadata.name])),
      plan: this.gives ? planHandOuts({ day, balanceAtomic: 10n ** 12n, due, offers: [backlog] }) : undefined,
    };
    for (const flow of [runnable(ledgerFlow), runnable(createHandOutFlow(this.send))]) {
      const outcomes = await flow.plan(snapshot, []).perform();
      for (const { operations } of outcomes) if (records) this.vault.apply(operations);
    }
  }
}

describe('the treasury', () => {
  const aBeat = fc.record({
    byHand: fc.boolean(),
    after: fc.integer({ min: 0, max: 80 }),
    sees: fc.boolean(),
    records: fc.boolean(),
    spends: fc.boolean(),
  });

  it('tops up once a day and endows once, killed or blind as it may be, and its ledger is what moved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aBeat, { maxLength: 30 }), async (beats) => {
        const bank = new Bank();
        let given = 0;
        for (const { byHand, after, sees, records, spends } of beats) {
          bank.now += after;
          // The operator pays somebody out of the treasury's own wallet: that takes nothing from what is due.
          if (byHand) for (const { address } of agents) bank.pay(address, 1n, `by hand ${given++}`);
          if (spends) bank.balances.clear();
          await bank.beat(sees, records);
        }
        await bank.beat(true, true);
        await bank.beat(true, true);
        const to = (at: number) =>
          bank.movements.filter(({ to, amountAtomic }) => to === agents[at]?.address && amountAtomic > 1n);
        const days = to(0).map(({ at }) => Math.floor(at / DAY));
        expect(new Set(days).size).toBe(days.length);
        for (const { amountAtomic } of to(0)) expect(amountAtomic <= 500_000n).toBe(true);
        expect(to(1)).toHaveLength(1);
        const notes = bank.vault
          .index()
          .notes(treasuryKind)
          .map(({ data }) => data);
        expect(notes.map(({ id }) => id).sort()).toEqual(bank.movements.map(({ tx }) => tx).sort());
        expect(sumAtomic(notes.map(({ amountAtomic }) => amountAtomic))).toBe(
          sumAtomic(bank.movements.map(({ amountAtomic }) => amountAtomic)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('writes down returns and mints by their direction, and strangers’ transfers not', async () => {
    const bank = new Bank();
    const [fan] = agents;
    if (fan === undefined) throw new Error('no agent');
    const moved = (tx: string, from: Address, to: Address): TransferRecord => ({
      tx: id32(tx),
      from,
      to,
      amountAtomic: 5n,
      block: 1,
      at: NOW,
    });
    bank.movements.push(
      moved('return', fan.address, BANK),
      moved('mint', addressOf(0), BANK),
      moved('stranger', addressOf(0x666), BANK),
    );
    await bank.beat(true, true);
    const notes = bank.vault
      .index()
      .notes(treasuryKind)
      .map(({ data }) => [data.direction, data.agent]);
    expect(notes).toHaveLength(2);
    expect(notes).toContainEqual(['return', 'kk-fan']);
    expect(notes).toContainEqual(['mint', TREASURY]);
  });

  it('writes down what moved also while nothing is given out', async () => {
    const bank = new Bank();
    bank.gives = false;
    bank.pay(agents[0]?.address ?? BANK, 5n, 'earlier');
    await bank.beat(true, true);
    expect(bank.movements).toHaveLength(1);
    expect(bank.vault.index().notes(treasuryKind)).toHaveLength(1);
  });

  it('names each transfer by purpose, agent and day, and a birth by no day', () => {
    const nonces = [
      treasuryNonce('top-up', 'kk-a', 1),
      treasuryNonce('top-up', 'kk-a', 2),
      treasuryNonce('top-up', 'kk-b', 1),
      treasuryNonce('return', 'kk-a', 1),
      treasuryNonce('birth', 'kk-a', 1),
    ];
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(treasuryNonce('birth', 'kk-a', 1)).toBe(treasuryNonce('birth', 'kk-a', 99));
  });
});

describe('a plan of hand-outs', () => {
  const factsOf = (balances: readonly bigint[], balanceAtomic: bigint): HandOutFacts => ({
    day: 1,
    balanceAtomic,
    due: [...balances.entries()].map(([place, held]) => ({
      manifest: place === 1 ? system : community,
      address: addressOf(place),
      balanceAtomic: held,
    })),
    offers: [backlog],
  });
  const aPlan = fc.tuple(fc.array(fc.bigInt(0n, 600_000n), { maxLength: 8 }), fc.bigInt(0n, 3_000_000n));

  it('never takes more than the treasury holds, gives each all or nothing, and says what is missing', () => {
    fc.assert(
      fc.property(aPlan, ([balances, held]) => {
        const everything = planHandOuts(factsOf(balances, 10n ** 12n));
        const wantedAtomic = sumAtomic(everything.handOuts.map(({ amountAtomic }) => amountAtomic));
        const { handOuts, waiting, shortAtomic } = planHandOuts(factsOf(balances, held));
        expect(sumAtomic(handOuts.map(({ amountAtomic }) => amountAtomic)) <= held).toBe(true);
        for (const handOut of handOuts) expect(everything.handOuts).toContainEqual(handOut);
        expect(handOuts.length + waiting).toBe(everything.handOuts.length);
        expect(shortAtomic).toBe(wantedAtomic > held ? wantedAtomic - held : 0n);
        expect(waiting > 0).toBe(shortAtomic > 0n);
      }),
    );
  });

  it('gives starts first: without them nothing is for sale', () => {
    const { handOuts, waiting } = planHandOuts(factsOf([0n, 0n, 0n], 600_000n));
    expect(handOuts.map(({ purpose }) => purpose)).toEqual(['birth']);
    expect(waiting).toBe(2);
  });
});

describe('allowances', () => {
  const startOf = (offers: readonly OfferFact[]) =>
    allowanceOf(system, 0n, (want) => daysOnOffer(system, want, offers));

  it('fill up to the daily budget and never beyond', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 7n), (balance) => {
        const sum = balance + dailyTopUp(community, balance);
        expect(sum).toBe(balance > 500_000n ? balance : 500_000n);
      }),
    );
  });

  it('endow with the backlog as the sellers of the manifest offer it: strangers can’t raise it', () => {
    expect(startOf([])).toBeUndefined();
    expect(startOf([backlog])).toBe(200_000n + 30n * 12_000n);
    const greedy = { ...backlog, id: id32(2), seller: 'kk-greedy', unitCount: 100_000 };
    expect(startOf([greedy])).toBeUndefined();
    expect(startOf([backlog, greedy])).toBe(startOf([backlog]));
  });

  it('endow with no more days than the manifest bounds, whatever its seller offers', () => {
    const most = 200_000n + 366n * 12_000n;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 5 }), (days) => {
        const offers = days.map((unitCount, place) => ({ ...backlog, id: id32(place), unitCount, priceAtomic: 1n }));
        const given = startOf(offers) ?? 0n;
        expect(given <= most).toBe(true);
        expect(given).toBe(endowmentFor(system, () => days.reduce((sum, count) => sum + count, 0)));
      }),
    );
    expect(endowmentFor(system, () => 0)).toBe(200_000n);
    expect(endowmentFor(system, () => 100_000)).toBe(most);
  });

  it('return only what lies above the reserve and five days of inputs', () => {
    const kept = 200_000n + 5n * 12_000n;
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 7n), (balance) => {
        expect(surplus(system, balance)).toBe(balance > kept ? balance - kept : 0n);
      }),
    );
  });
});

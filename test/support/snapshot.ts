import type { Address, Hex } from 'viem';
import type { ChainTrade, ChainView } from '../../lib/core/chain.ts';
import {
  type BudgetFact,
  idleWork,
  type MarketFacts,
  type OfferFact,
  type OrderFact,
  type TradeFact,
  type WorkFacts,
} from '../../lib/core/facts.ts';
import { type Manifest, manifestSchema } from '../../lib/core/manifest.ts';
import type { Me, Snapshot } from '../../lib/core/snapshot.ts';
import { memoryVault } from './memory-vault.ts';

/** A time in the middle of things, in seconds since 1970. */
export const NOW = 1_800_000_000;

/** A 32-byte id that a person can tell from others. */
export function id32(seed: number | string): Hex {
  const digits = typeof seed === 'number' ? seed.toString(16) : Buffer.from(seed).toString('hex');
  return `0x${digits.slice(0, 64).padStart(64, '0')}`;
}

/** An address that a person can tell from others. */
export function addressOf(seed: number): Address {
  return `0x${seed.toString(16).padStart(40, '0')}`;
}

/** The parts of a manifest that a test chooses; the rest is plain. */
export function manifestOf(
  name: string,
  spec: {
    readonly role?: string;
    readonly sells?: readonly unknown[];
    readonly buys?: readonly unknown[];
    readonly budget?: { readonly daily: string; readonly reserve: string };
  } = {},
): Manifest {
  return manifestSchema.parse({
    apiVersion: 'karmakadabra/v1',
    kind: 'Agent',
    metadata: { name, description: 'An agent of a test.' },
    spec: { role: 'buyer', wallet: { index: 1 }, schedule: {}, budget: { daily: '1', reserve: '0.1' }, ...spec },
  });
}

export function meOf(manifest: Manifest, address: Address = addressOf(1)): Me {
  const { name } = manifest.metadata;
  return { name, nick: name, address, manifest, deliveryRecipient: `age1${'q'.repeat(58)}`, walletProof: '0x' };
}

export function offerFact(seed: number, changes: Partial<OfferFact> = {}): OfferFact {
  return {
    id: id32(seed),
    seller: 'kk-seller',
    product: 'skill-profile',
    subject: `person ${seed}`,
    title: `Skills of person ${seed}`,
    topics: [],
    priceAtomic: 50_000n,
    unitCount: 1,
    sizeBytes: 2000,
    createdAt: NOW - 100,
    contentRoot: id32(`root ${seed}`),
    contentDigest: id32(`digest ${seed}`),
    orderKey: id32(`order ${seed}`),
    inputs: [],
    forAgent: undefined,
    report: undefined,
    ...changes,
  };
}

export function tradeFact(seed: number, changes: Partial<TradeFact> = {}): TradeFact {
  return {
    id: id32(`trade ${seed}`),
    side: 'buyer',
    counterparty: 'kk-seller',
    product: 'skill-profile',
    offer: id32(seed),
    subject: `person ${seed}`,
    contentRoot: id32(`root ${seed}`),
    state: 'settled',
    amountAtomic: 50_000n,
    requestedAt: NOW - 1000,
    isUndelivered: false,
    ...changes,
  };
}

export function orderFact(seed: number, changes: Partial<OrderFact> = {}): OrderFact {
  return {
    key: id32(`order ${seed}`),
    product: 'skill-profile',
    subject: `person ${seed}`,
    title: `Skills of person ${seed}`,
    topics: [],
    rank: seed,
    unitCount: 1,
    inputs: [],
    inputCostAtomic: 0n,
    ...changes,
  };
}

export function budgetOf(changes: Partial<BudgetFact> = {}): BudgetFact {
  return {
    day: 1,
    dayStartedAt: NOW - 3600,
    dailyAtomic: 1_000_000n,
    reserveAtomic: 100_000n,
    balanceAtomic: 5_000_000n,
    spentAtomic: 0n,
    committedAtomic: 0n,
    maxGoodsBytes: 64 * 1024 * 1024,
    availableAtomic: 1_000_000n,
    endowmentAtomic: 4_900_000n,
    ...changes,
  };
}

export function chainOf(changes: Partial<ChainView> = {}, trades: readonly ChainTrade[] = []): ChainView {
  return {
    chainId: 31337,
    escrow: addressOf(0xe5c),
    token: addressOf(0x70c),
    blockNumber: 100n,
    blockTime: NOW,
    usdcAtomic: 5_000_000n,
    weiBalance: 10n ** 18n,
    hasPending: false,
    isStuck: false,
    mayReplace: false,
    trade: (key) => trades.find((trade) => trade.key === key),
    records: () => trades,
    ...changes,
  };
}

/** A snapshot of a quiet beat, but for what the test says. */
export function snapshotOf(
  changes: Partial<Omit<Snapshot, 'market' | 'work'>> & {
    readonly market?: Partial<MarketFacts>;
    readonly work?: Partial<WorkFacts>;
  } = {},
): Snapshot {
  return {
    now: NOW,
    clock: NOW,
    me: meOf(manifestOf('kk-me')),
    vault: memoryVault().index(),
    chain: chainOf(),
    heard: [],
    directory: new Map(),
    draining: false,
    ...changes,
    market: {
      offers: [],
      myOffers: [],
      trades: [],
      lost: [],
      requests: new Set(),
      budget: budgetOf(),
      ...changes.market,
    },
    work: { ...idleWork, ...changes.work },
  };
}

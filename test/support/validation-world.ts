import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, type Hex, keccak256, toBytes } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { type AgentState, agentStateKind, agentStatePath } from '../../lib/core/agent-state.ts';
import { type Outcome, runnable } from '../../lib/core/flow.ts';
import type { Intent } from '../../lib/core/intent.ts';
import type { Snapshot } from '../../lib/core/snapshot.ts';
import { systemClock } from '../../lib/core/time.ts';
import { deriveDeliveryKey } from '../../lib/delivery/delivery-key.ts';
import { describeGoods } from '../../lib/delivery/describe.ts';
import { type GoodsStore, openGoodsStore } from '../../lib/delivery/goods-store.ts';
import type { ObjectStore } from '../../lib/delivery/object-store.ts';
import { createReplayQueue, type ReplayQueue } from '../../lib/flows/validation/replay-queue.ts';
import { createValidationFlow } from '../../lib/flows/validation/validation-flow.ts';
import { createMarketReader } from '../../lib/market/notes/market-reader.ts';
import { type OfferNote, offerKind, offerPath } from '../../lib/market/notes/offer-note.ts';
import { marketDomain } from '../../lib/market/terms/domain.ts';
import { signIdentity } from '../../lib/market/terms/identity.ts';
import { hashOffer, type Offer, signOffer } from '../../lib/market/terms/offer.ts';
import { createSignatureCache } from '../../lib/market/terms/signature-cache.ts';
import type { MadeGoods } from '../../lib/products/definition.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { inProcess } from '../../lib/work/executor.ts';
import { workHead } from '../../lib/work/work-chain.ts';
import { type MemoryVault, memoryVault } from './memory-vault.ts';
import { definitionOf, type Economy } from './product-maker.ts';
import { addressOf, chainOf, id32, manifestOf, meOf, snapshotOf } from './snapshot.ts';

export const SELLER = 'kk-seller';
export const VALIDATOR = 'kk-validator';

const DOMAIN = marketDomain(31337, addressOf(0xe5c));
const MARKET = {
  domain: DOMAIN,
  signatures: createSignatureCache(),
  daySeconds: 86_400,
  maxGoodsBytes: 64 * 1024 * 1024,
  quoteBySeconds: 120,
  openedQuote: async () => undefined,
  log: () => undefined,
};
const MANIFESTS = {
  [SELLER]: manifestOf(SELLER, {
    role: 'seller',
    sells: [{ product: 'raw-logs', price: '0.01', unit: 'day' }],
    buys: [{ product: 'validation', maxPrice: '0.001', perDay: 6, sellers: [VALIDATOR] }],
  }),
  [VALIDATOR]: manifestOf(VALIDATOR, { role: 'validator', sells: [{ product: 'validation', price: '0.001' }] }),
};
type Name = keyof typeof MANIFESTS;

const accountOf = (name: Name) => privateKeyToAccount(keccak256(toBytes(name)));
const seedOf = (name: Name) => Buffer.from(keccak256(toBytes(`seed of ${name}`)).slice(2), 'hex');

/** A seller and a validator with real goods, signatures, notes and uploads; no git, no chain, no money. */
export interface ValidationWorld {
  readonly vault: MemoryVault;
  readonly goods: Readonly<Record<Name, GoodsStore>>;
  readonly replays: ReplayQueue;
  /** Puts goods on offer; `changes` are signed too, and what the note says besides can be forged with `note`. */
  readonly publish: (made: MadeGoods, changes?: Partial<Offer>, note?: Partial<OfferNote>) => Promise<OfferNote>;
  readonly snapshot: (name: Name, changes?: Partial<Snapshot>) => Promise<Snapshot>;
  /** One beat of the flow: what it did stands in the vault afterwards. */
  readonly beat: (name: Name, intents?: readonly Intent[]) => Promise<readonly Outcome[]>;
  readonly ask: (offer: OfferNote) => Promise<readonly Outcome[]>;
  /** Beats of the validator until a report is on offer, at most so many. */
  readonly reports: (beats?: number) => Promise<readonly OfferNote[]>;
}

/** Creates the world in a folder. */
export async function createValidationWorld(
  dir: string,
  economy: Economy,
  s3: { readonly store: ObjectStore; readonly endpoint: string },
  definition = definitionOf('validation'),
): Promise<ValidationWorld> {
  const vault = memoryVault();
  const reader = createMarketReader(MARKET);
  const goods = {
    [SELLER]: await openGoodsStore(join(dir, SELLER)),
    [VALIDATOR]: await openGoodsStore(join(dir, VALIDATOR)),
  };
  const standing = {
    [SELLER]: await deriveDeliveryKey(seedOf(SELLER), id32(0)),
    [VALIDATOR]: await deriveDeliveryKey(seedOf(VALIDATOR), id32(0)),
  };
  for (const name of [SELLER, VALIDATOR] as const) await putState(vault, name, standing[name].recipient);
  // Of the validator only: tries of one job are far enough apart for the next beat.
  let skew = 0;
  const workDir = join(dir, 'replays');
  await mkdir(workDir, { recursive: true });
  const replays = createReplayQueue({
    definition,
    executor: inProcess,
    goods: goods[VALIDATOR],
    workDir,
    identity: standing[VALIDATOR].identity,
    origins: [new URL(s3.endpoint).origin],
    nowMs: () => 0,
    changed: () => undefined,
    log: () => undefined,
  });
  let salts = 0;
  const portsOf = (name: Name) => ({
    account: accountOf(name),
    deliverySeed: seedOf(name),
    domain: DOMAIN,
    store: s3.store,
    goods: goods[name],
    sources: {
      inputs: (digests: readonly Hex[]) => economy.inputs.filter(({ digest }) => digests.includes(digest)),
      settingsOf: async () => economy.settings,
    },
    urlLifeSeconds: 600,
    randomSalt: () => {
      salts += 1;
      return id32(salts);
    },
  });
  const flows = {
    [SELLER]: runnable(createValidationFlow({ ...portsOf(SELLER), replays: undefined, clock: systemClock })),
    [VALIDATOR]: runnable(createValidationFlow({ ...portsOf(VALIDATOR), replays, clock: () => systemClock() + skew })),
  };

  const snapshot: ValidationWorld['snapshot'] = async (name, changes = {}) => {
    const now = systemClock();
    const index = vault.index();
    const me = meOf(MANIFESTS[name], lower(accountOf(name).address));
    const chain = chainOf({ blockTime: now });
    const { market, directory } = await reader.readMarket({ me, now, vault: index, chain });
    return { ...snapshotOf({ now, clock: now, me, vault: index, chain, directory }), market, ...changes };
  };
  const beat: ValidationWorld['beat'] = async (name, intents = []) => {
    const outcomes = await flows[name].plan(await snapshot(name), intents).perform();
    for (const outcome of outcomes) vault.apply(outcome.operations);
    return outcomes;
  };

  return {
    vault,
    goods,
    replays,
    snapshot,
    beat,
    publish: async (made, changes = {}, note = {}) => {
      const kept = await goods[SELLER].put(made.path);
      const described = await describeGoods(kept.path, seedOf(SELLER));
      salts += 1;
      const offer: Offer = {
        seller: lower(accountOf(SELLER).address),
        product: made.order.product,
        subject: made.order.subject,
        title: made.order.title,
        priceAtomic: 1000n,
        size: described.sizeBytes,
        contentRoot: described.contentRoot,
        workHead: workHead(note.work ?? made.work),
        createdAt: systemClock(),
        salt: id32(salts),
        ...changes,
      };
      const full: OfferNote = {
        ...offer,
        id: hashOffer(DOMAIN, offer),
        owner: SELLER,
        signature: await signOffer(accountOf(SELLER), DOMAIN, offer),
        unitCount: made.order.unitCount,
        topics: [...made.order.topics],
        contentDigest: described.contentDigest,
        orderKey: made.order.key,
        inputs: [...made.order.inputs],
        work: [...made.work],
        ...note,
      };
      vault.apply([{ op: 'put', path: offerPath(SELLER, full.id), text: encodeNote(offerKind, full) }]);
      return full;
    },
    ask: (offer) =>
      beat(SELLER, [{ type: 'validate', offer: offer.id, validator: VALIDATOR, reason: 'it has no report yet' }]),
    reports: async (beats = 2) => {
      for (let count = 0; count < beats; count += 1) {
        await beat(VALIDATOR);
        await replays.idle();
        skew += 10_000;
      }
      return vault
        .index()
        .notes(offerKind, VALIDATOR)
        .map(({ data }) => data);
    },
  };
}

async function putState(vault: MemoryVault, name: Name, deliveryRecipient: string): Promise<void> {
  const wallet = lower(accountOf(name).address);
  const walletProof = await signIdentity(accountOf(name), DOMAIN, { name, wallet, deliveryRecipient });
  const text = encodeNote<AgentState>(agentStateKind, {
    kind: 'agent-state',
    schema: 1,
    id: name,
    owner: name,
    aliases: [name],
    role: MANIFESTS[name].spec.role,
    status: 'resting',
    heartbeatAt: '2026-11-20T19:13:04Z',
    beats: 1,
    errors: 0,
    task: '',
    reason: '',
    wallet,
    walletProof,
    nick: name,
    deliveryRecipient,
    balance: '0.00',
    balanceAtomic: 0n,
    spentTodayAtomic: 0n,
    budgetAtomic: 0n,
    revenue: '0.00',
    revenueAtomic: 0n,
    ircState: 'none',
    saidToday: 0,
    heardToday: 0,
    revision: 'test',
  });
  vault.apply([{ op: 'put', path: agentStatePath(name), text }]);
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}

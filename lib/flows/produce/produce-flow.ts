import type { Hex, LocalAccount } from 'viem';
import { isOpenState, type OrderFact } from '../../core/facts.ts';
import { type Flow, failedOutcome, type Outcome, type PlannedStep } from '../../core/flow.ts';
import { type OfferId, wireId } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { VaultOperation } from '../../core/vault.ts';
import { describeGoods } from '../../delivery/describe.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { createOfferNote } from '../../market/notes/create-offer-note.ts';
import { offerKind, offerPath } from '../../market/notes/offer-note.ts';
import type { SigningDomain } from '../../market/terms/domain.ts';
import type { Offer } from '../../market/terms/offer.ts';
import type { MadeGoods } from '../../products/definition.ts';
import { encodeNote } from '../../vault/codec.ts';
import { workHead } from '../../work/work-chain.ts';
import type { Workshop } from './workshop.ts';

/** The services with which an agent makes and offers goods. */
export interface ProducePorts {
  readonly account: LocalAccount;
  readonly deliverySeed: Uint8Array;
  readonly domain: SigningDomain;
  readonly goods: GoodsStore;
  readonly workshop: Workshop;
  readonly randomSalt: () => Hex;
}

/** One step of production. */
export type ProduceStep =
  | {
      readonly type: 'make';
      readonly order: OrderFact;
      readonly priceAtomic: bigint;
      readonly supersedes: OfferId | undefined;
    }
  | { readonly type: 'withdraw'; readonly offer: OfferId };

const PRODUCE = 'produce';

/** Makes goods from the agent's inputs and offers them; withdraws out-of-date offers. Only intents of policies start it. */
export function createProduceFlow(ports: ProducePorts): Flow<never, ProduceStep> {
  return {
    name: PRODUCE,
    read: () => [],
    next: () => ({ type: 'done' }),
    begin: (intent, snapshot) => {
      if (intent.type === 'make') {
        const { priceAtomic, supersedes, reason } = intent;
        const order = snapshot.work.orders.find(({ key }) => key === intent.order);
        return order && { step: { type: 'make', order, priceAtomic, supersedes }, reason };
      }
      if (intent.type === 'withdraw') return { step: { type: 'withdraw', offer: intent.offer }, reason: intent.reason };
      return undefined;
    },
    perform: async (steps, snapshot) => {
      const outcomes: Outcome[] = [];
      for (const planned of steps) outcomes.push(await attempt(planned, snapshot, ports));
      return outcomes;
    },
  };
}

async function attempt(
  { step, reason }: PlannedStep<ProduceStep>,
  snapshot: Snapshot,
  ports: ProducePorts,
): Promise<Outcome> {
  try {
    return step.type === 'make'
      ? await makeAndOffer(step, reason, snapshot, ports)
      : await withdraw(step.offer, reason, snapshot, ports);
  } catch (error) {
    return failedOutcome(PRODUCE, step.type === 'make' ? 'make goods' : 'withdraw an offer', error);
  }
}

async function makeAndOffer(
  step: Extract<ProduceStep, { type: 'make' }>,
  reason: string,
  snapshot: Snapshot,
  ports: ProducePorts,
): Promise<Outcome> {
  const made = await ports.workshop.make(step.order);
  if (made === undefined) {
    const what = `did not make ${step.order.title}: its inputs have changed`;
    return { flow: PRODUCE, what, reason, operations: [], announcements: [] };
  }
  const { id, operation } = await writeOffer(made, step.priceAtomic, snapshot, ports, { supersedes: step.supersedes });
  const operations = [operation];
  if (step.supersedes !== undefined) {
    operations.push({ op: 'delete', path: offerPath(snapshot.me.name, step.supersedes) });
  }
  const what = `made ${made.order.title} and offered it for ${formatUsdc(step.priceAtomic)} USDC, offer ${wireId(id)}`;
  return { flow: PRODUCE, what, reason, operations, announcements: [] };
}

async function writeOffer(
  made: MadeGoods,
  priceAtomic: bigint,
  snapshot: Snapshot,
  ports: ProducePorts,
  { supersedes }: { readonly supersedes: OfferId | undefined },
): Promise<{ readonly id: OfferId; readonly operation: VaultOperation }> {
  const { order } = made;
  const goods = await describeGoods(made.path, ports.deliverySeed);
  const offer: Offer = {
    seller: snapshot.me.address,
    product: order.product,
    subject: order.subject,
    title: order.title,
    priceAtomic,
    size: goods.sizeBytes,
    contentRoot: goods.contentRoot,
    workHead: workHead(made.work),
    createdAt: snapshot.now,
    salt: ports.randomSalt(),
  };
  const note = await createOfferNote(ports.account, ports.domain, snapshot.me.name, offer, {
    unitCount: order.unitCount,
    topics: [...order.topics],
    contentDigest: goods.contentDigest,
    orderKey: order.key,
    inputs: [...order.inputs],
    work: [...made.work],
    ...(supersedes && { supersedes }),
  });
  const text = encodeNote(offerKind, note);
  return { id: note.id, operation: { op: 'put', path: offerPath(note.owner, note.id), text } };
}

async function withdraw(offer: OfferId, reason: string, snapshot: Snapshot, ports: ProducePorts): Promise<Outcome> {
  const { market, me } = snapshot;
  const gone = market.myOffers.find(({ id }) => id === offer);
  const isWanted =
    market.trades.some((trade) => trade.offer === offer && isOpenState(trade.state)) ||
    market.myOffers.some((other) => other.id !== offer && other.contentDigest === gone?.contentDigest);
  if (gone !== undefined && !isWanted) await ports.goods.remove(gone.contentDigest);
  return {
    flow: PRODUCE,
    what: `withdrew offer ${wireId(offer)}`,
    reason,
    operations: [{ op: 'delete', path: offerPath(me.name, offer) }],
    announcements: [],
  };
}

import type { Outcome } from '../../core/flow.ts';
import { wireId } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { describeGoods } from '../../delivery/describe.ts';
import { createOfferNote } from '../../market/notes/create-offer-note.ts';
import { offerKind, offerPath } from '../../market/notes/offer-note.ts';
import type { Offer } from '../../market/terms/offer.ts';
import { encodeNote } from '../../vault/codec.ts';
import { workHead } from '../../work/work-chain.ts';
import { done, VALIDATION } from './outcome.ts';
import type { ValidationPorts } from './ports.ts';
import type { ValidationStep } from './view.ts';

/** Offers the finished report on a job to the seller that asked for it; no outcome while it isn't finished. */
export async function offerReport(
  { job, offer: subject }: Extract<ValidationStep, { type: 'report' }>,
  reason: string,
  snapshot: Snapshot,
  ports: ValidationPorts,
): Promise<Outcome | undefined> {
  const { me } = snapshot;
  const line = me.manifest.spec.sells.find(({ product }) => product === VALIDATION);
  const finished = ports.replays?.poll(job, subject, ports.clock());
  if (finished === undefined || line === undefined) return undefined;
  const { made, verdict } = finished;
  const goods = await describeGoods(made.path, ports.deliverySeed);
  const offer: Offer = {
    seller: me.address,
    product: VALIDATION,
    subject: subject.id,
    title: `${made.order.title}: ${verdict}`,
    priceAtomic: line.price,
    size: goods.sizeBytes,
    contentRoot: goods.contentRoot,
    workHead: workHead(made.work),
    createdAt: snapshot.now,
    salt: ports.randomSalt(),
  };
  const note = await createOfferNote(ports.account, ports.domain, me.name, offer, {
    unitCount: 1,
    topics: [...made.order.topics],
    contentDigest: goods.contentDigest,
    orderKey: made.order.key,
    inputs: [...made.order.inputs],
    work: [...made.work],
    for: job.owner,
    report: { offer: subject.id, verdict },
  });
  const what = `validated ${subject.product} ${wireId(subject.id)} of ${job.owner}: ${verdict}; the report is on offer for ${formatUsdc(line.price)} USDC`;
  return done(what, reason, [{ op: 'put', path: offerPath(me.name, note.id), text: encodeNote(offerKind, note) }]);
}

/** Withdraws a report, and deletes its goods if no other offer has the same. */
export async function withdrawReport(
  { report }: Extract<ValidationStep, { type: 'withdraw' }>,
  reason: string,
  { market, me }: Snapshot,
  ports: ValidationPorts,
): Promise<Outcome> {
  const isShared = market.myOffers.some(
    (other) => other.id !== report.id && other.contentDigest === report.contentDigest,
  );
  if (!isShared) await ports.goods.remove(report.contentDigest);
  return done(`withdrew the report ${wireId(report.id)}`, reason, [
    { op: 'delete', path: offerPath(me.name, report.id) },
  ]);
}

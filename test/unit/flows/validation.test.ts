import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferFact } from '../../../lib/core/facts.ts';
import { runnable } from '../../../lib/core/flow.ts';
import type { Snapshot } from '../../../lib/core/snapshot.ts';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { jobPath, type ValidationJob, validationJobKind } from '../../../lib/flows/validation/job-note.ts';
import { JOBS_PER_SELLER, LONGEST_PAUSE_SECONDS, MAX_PACKAGE_BYTES } from '../../../lib/flows/validation/limits.ts';
import type { ValidationPorts } from '../../../lib/flows/validation/ports.ts';
import { createReplayQueue } from '../../../lib/flows/validation/replay-queue.ts';
import { createValidationFlow } from '../../../lib/flows/validation/validation-flow.ts';
import { nextForValidation, readValidations } from '../../../lib/flows/validation/view.ts';
import { offerKind, offerPath } from '../../../lib/market/notes/offer-note.ts';
import { DEFAULT_SETTINGS, sharedSettings } from '../../../lib/products/settings.ts';
import { decodeNote, encodeNote } from '../../../lib/vault/codec.ts';
import { inProcess } from '../../../lib/work/executor.ts';
import { temporaryFolder } from '../../support/goods.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { definitionOf } from '../../support/product-maker.ts';
import { addressOf, id32, manifestOf, meOf, NOW, offerFact, snapshotOf, tradeFact } from '../../support/snapshot.ts';
import { SIGNATURE } from '../../support/trade-notes.ts';

const LIFE = 600;
const VALIDATOR = 'kk-validator';
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n';
const PACKAGE = { objectKey: 'deliveries/kk-me/handover-1', setDigest: id32('set'), sizeBytes: 100, url: ARMOR };

function jobOf(seed: number, changes: Partial<ValidationJob> = {}): ValidationJob {
  return {
    id: id32(seed),
    owner: 'kk-me',
    validator: VALIDATOR,
    product: 'skill-profile',
    orderKey: id32(`order ${seed}`),
    subject: `person ${seed}`,
    contentDigest: id32(`digest ${seed}`),
    inputCount: 1,
    settings: sharedSettings.strip().parse(DEFAULT_SETTINGS),
    askedAt: NOW - 10,
    urlExpires: NOW + LIFE,
    goods: PACKAGE,
    inputs: PACKAGE,
    ...changes,
  };
}

function vaultOf(...jobs: readonly ValidationJob[]) {
  const vault = memoryVault();
  for (const job of jobs) {
    vault.apply([{ op: 'put', path: jobPath(job.owner, job.id), text: encodeNote(validationJobKind, job) }]);
    const note = {
      seller: addressOf(1),
      product: job.product,
      subject: job.subject,
      title: 'Skills',
      priceAtomic: 1n,
      size: 2000,
      contentRoot: id32(`root of ${job.id.slice(-4)}`),
      workHead: id32(1),
      createdAt: NOW,
      salt: id32(2),
      id: job.id,
      owner: job.owner,
      signature: SIGNATURE,
      unitCount: 1,
      topics: [],
      contentDigest: job.contentDigest,
      orderKey: job.orderKey,
      inputs: [id32(9)],
      work: [],
    };
    vault.apply([{ op: 'put', path: offerPath(job.owner, job.id), text: encodeNote(offerKind, note) }]);
  }
  return vault.index();
}

/** What the flow asks of the agent, as the types of its steps or `wait`. */
function asked(snapshot: Snapshot): readonly string[] {
  return readValidations(snapshot).map((view) => {
    const next = nextForValidation(view, snapshot, LIFE);
    return next.type === 'step' ? next.step.type : next.type;
  });
}

const reportOn = (offer: OfferFact, seller = VALIDATOR): OfferFact =>
  offerFact(77, { seller, product: 'validation', report: { offer: offer.id, verdict: 'passed' } });

describe('a seller that asked for a report', () => {
  const offer = offerFact(1, { seller: 'kk-me' });
  const of = (market: Partial<Snapshot['market']>, job = jobOf(1)) =>
    asked(snapshotOf({ vault: vaultOf(job), market }));

  it('waits while the URLs are fresh and renews them when under half of their life is left', () => {
    expect(of({ myOffers: [offer] })).toEqual(['wait']);
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: LIFE }), (left) => {
        const next = of({ myOffers: [offer] }, jobOf(1, { urlExpires: NOW + left }));
        expect(next).toEqual([left <= LIFE / 2 ? 'renew' : 'wait']);
      }),
    );
  });

  it('takes the goods back when the report is on offer or the offer is gone', () => {
    expect(of({ myOffers: [offer], offers: [reportOn(offer)] })).toEqual(['close']);
    expect(of({ myOffers: [] })).toEqual(['close']);
  });

  it("is not impressed by anybody else's report", () => {
    expect(of({ myOffers: [offer], offers: [reportOn(offer, 'kk-stranger')] })).toEqual(['wait']);
  });
});

describe('a validator', () => {
  const me = meOf(manifestOf(VALIDATOR, { role: 'validator', sells: [{ product: 'validation', price: '0.001' }] }));
  const offer = offerFact(1, { seller: 'kk-me' });
  const of = (market: Partial<Snapshot['market']>, ...jobs: readonly ValidationJob[]) =>
    asked(snapshotOf({ me, vault: vaultOf(...jobs), market }));

  it('does what it is asked to, once', () => {
    expect(of({ offers: [offer] }, jobOf(1))).toEqual(['report']);
    expect(of({ offers: [offer], myOffers: [reportOn(offer)] }, jobOf(1))).toEqual([]);
  });

  it('does nothing for offers that are not signed by the one who asks, or for jobs of other validators', () => {
    expect(of({ offers: [] }, jobOf(1))).toEqual([]);
    expect(of({ offers: [offerFact(1, { seller: 'kk-other' })] }, jobOf(1))).toEqual([]);
    expect(of({ offers: [offer] }, jobOf(1, { validator: 'kk-another' }))).toEqual([]);
    expect(asked(snapshotOf({ vault: vaultOf(jobOf(1, { owner: 'kk-a' })), market: { offers: [offer] } }))).toEqual([]);
  });

  it('is flooded by nobody: the oldest jobs of each seller, and few of them', () => {
    const jobs = Array.from({ length: 9 }, (_, at) => jobOf(at + 1, { askedAt: NOW - at }));
    const other = jobOf(50, { owner: 'kk-you' });
    const offers = [...jobs, other].map(({ owner }, at) => offerFact(at === 9 ? 50 : at + 1, { seller: owner }));
    const views = readValidations(snapshotOf({ me, vault: vaultOf(...jobs, other), market: { offers } }));
    const taken = views.flatMap((view) => (view.side === 'validator' ? [view.job.id] : []));
    expect(taken.filter((id) => id !== other.id)).toEqual([jobs[8]?.id, jobs[7]?.id].slice(0, JOBS_PER_SELLER));
    expect(taken).toContain(other.id);
  });

  it('gives each seller its turn, however old the jobs of one are whose packages never come', async () => {
    const old = [1, 2].map((seed) => jobOf(seed, { owner: 'kk-hostile', askedAt: NOW - 1000 }));
    const all = [...old, jobOf(3, { owner: 'kk-honest' })];
    const vault = vaultOf(...all);
    const offers = all.map(({ id, owner }) => ({ ...offerFact(1, { seller: owner }), id }));
    const tried: string[] = [];
    const replays = createReplayQueue({
      definition: definitionOf('validation'),
      executor: inProcess,
      goods: await openGoodsStore(await temporaryFolder()),
      workDir: await temporaryFolder(),
      identity: (await deriveDeliveryKey(new Uint8Array(32), id32(0))).identity,
      origins: [],
      nowMs: () => 0,
      changed: () => undefined,
      log: (line) => tried.push(line.split(' ')[4] ?? ''),
    });
    let now = NOW;
    const flow = runnable(createValidationFlow({ replays, urlLifeSeconds: LIFE, clock: () => now } as ValidationPorts));
    for (let beat = 0; beat < 4; beat += 1) {
      await flow.plan(snapshotOf({ me, vault, now, clock: now, market: { offers } }), []).perform();
      await replays.idle();
      // Longer than any pause between two tries.
      now += LONGEST_PAUSE_SECONDS + 1;
    }
    expect(tried).toEqual(['kk-hostile,', 'kk-honest,', 'kk-hostile,', 'kk-honest,']);
  });

  it('takes nothing up while the swarm winds down', () => {
    expect(asked(snapshotOf({ me, vault: vaultOf(jobOf(1)), market: { offers: [offer] }, draining: true }))).toEqual([
      'wait',
    ]);
  });

  it('withdraws a report when its offer is gone, but not while it is being bought', () => {
    const report = reportOn(offer, VALIDATOR);
    expect(of({ offers: [offer], myOffers: [report] })).toEqual([]);
    expect(of({ myOffers: [report] })).toEqual(['withdraw']);
    const open = tradeFact(77, { side: 'seller', offer: report.id, state: 'opened' });
    expect(of({ myOffers: [report], trades: [open] })).toEqual(['wait']);
    expect(of({ myOffers: [report], trades: [{ ...open, state: 'settled' }] })).toEqual(['withdraw']);
  });
});

describe('the note of a job', () => {
  const path = jobPath('kk-me', id32(1));

  it('reads as it was written', () => {
    const job = jobOf(1);
    expect(decodeNote(validationJobKind, path, encodeNote(validationJobKind, job))).toEqual({ ok: true, data: job });
  });

  it('is refused with a bare URL, a size beyond the limit, or a key that leaves the store', () => {
    const text = encodeNote(validationJobKind, jobOf(1));
    const changed = (from: string, to: string) => {
      expect(text).toContain(from);
      return decodeNote(validationJobKind, path, text.replaceAll(from, to)).ok;
    };
    expect(changed('-----BEGIN AGE ENCRYPTED FILE-----', 'https://s3.example/secret')).toBe(false);
    expect(changed('"sizeBytes":100', `"sizeBytes":${MAX_PACKAGE_BYTES + 1}`)).toBe(false);
    expect(changed('deliveries/kk-me', 'deliveries?x=1&')).toBe(false);
    expect(changed('inputCount: 1', 'inputCount: 1\nextra: 1')).toBe(false);
  });
});

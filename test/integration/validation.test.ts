import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../lib/delivery/object-store.ts';
import { jobPath, type ValidationJob, validationJobKind } from '../../lib/flows/validation/job-note.ts';
import { MAX_TRIES } from '../../lib/flows/validation/limits.ts';
import { offeringsOf } from '../../lib/heartbeat/pages.ts';
import { offerPath } from '../../lib/market/notes/offer-note.ts';
import type { InputRef, ProductDefinition } from '../../lib/products/definition.ts';
import { createIsolatedProducts } from '../../lib/products/isolation/isolated-products.ts';
import { type ValidationReport, validationReport } from '../../lib/products/validation/goods.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { sha256 } from '../../lib/work/digest.ts';
import { helpChannel, ubuntuLog } from '../support/product-chat.ts';
import { corpusOf, type Economy, makeAll, withFolder } from '../support/product-maker.ts';
import { logLine, many, rawLogs } from '../support/raw-logs.ts';
import { openTestStore, type S3Target, startEmbeddedS3 } from '../support/s3.ts';
import { createValidationWorld, SELLER, VALIDATOR, type ValidationWorld } from '../support/validation-world.ts';

const LOGS = {
  'corpus.yaml': 'minMessages: 40\n',
  '2020-01-01.raw.txt': ubuntuLog(helpChannel('wizard', ['ann', 'bob', 'carla'], 60)),
};

let target: S3Target;
let store: ObjectStore;
beforeAll(async () => {
  target = await startEmbeddedS3();
  store = await openTestStore(target, 'handovers');
});
afterAll(async () => {
  store.close();
  await target.close();
});

async function inWorld(
  use: (world: ValidationWorld, economy: Economy) => Promise<void>,
  {
    definition,
    more = () => Promise.resolve([]),
  }: { definition?: ProductDefinition | undefined; more?: (dir: string) => Promise<readonly InputRef[]> } = {},
): Promise<void> {
  await withFolder(async (dir) => {
    const made = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
    const economy = { ...made, inputs: [...made.inputs, ...(await more(dir))] };
    const world = await createValidationWorld(dir, economy, { store, endpoint: target.endpoint }, definition);
    try {
      await use(world, economy);
    } finally {
      await world.replays.stop();
    }
  });
}

function firstOf(economy: Economy, product: string) {
  const [made] = economy.goods.get(product) ?? [];
  if (made === undefined) throw new Error(`no ${product} was made`);
  return made;
}

function jobs(world: ValidationWorld): readonly ValidationJob[] {
  return world.vault
    .index()
    .notes(validationJobKind)
    .map(({ data }) => data);
}

async function reportOf(world: ValidationWorld, digest: `0x${string}`): Promise<ValidationReport> {
  return validationReport.parse(JSON.parse(await readFile(world.goods[VALIDATOR].path(digest), 'utf8')));
}

/** Asks for a report on the one offer and gives it. */
async function judged(world: ValidationWorld, beats = 2): Promise<ValidationReport> {
  const [offer, ...more] = await world.reports(beats);
  expect(more).toEqual([]);
  if (offer?.report === undefined) throw new Error('no report is on offer');
  const report = await reportOf(world, offer.contentDigest);
  expect(offer.report.verdict).toBe(report.verdict);
  return report;
}

const failedChecks = (report: ValidationReport) =>
  report.checks.filter(({ passed }) => !passed).map(({ check }) => check);

describe('the validation of an offer', () => {
  it('passes every product that was honestly made, and offers the report to its seller alone', async () => {
    await inWorld(async (world, economy) => {
      for (const [product, [made]] of economy.goods) {
        if (made === undefined) throw new Error(`no ${product} was made`);
        const offer = await world.publish(made);
        expect((await world.ask(offer)).map(({ failure }) => failure)).toEqual([undefined]);
        const report = (await world.reports()).find((one) => one.report?.offer === offer.id);
        expect(report, product).toMatchObject({
          product: 'validation',
          for: SELLER,
          report: { offer: offer.id, verdict: 'passed' },
        });
        if (report === undefined) continue;
        expect(await reportOf(world, report.contentDigest)).toMatchObject({
          offer: offer.id,
          contentRoot: offer.contentRoot,
          workHead: offer.workHead,
        });
        const { market } = await world.snapshot(SELLER);
        const fact = market.offers.find(({ id }) => id === report.id);
        if (fact === undefined) throw new Error('the seller does not see the report');
        const page = offeringsOf(SELLER, market.myOffers, new Map([[offer.id, fact]]));
        expect(page.offers.find(({ id }) => id === offer.id)).toMatchObject({ report: report.id, reporter: VALIDATOR });
        await world.beat(SELLER);
        expect(jobs(world)).toEqual([]);
      }
    });
  });

  it('uploads what several goods are made from once, and hands out one job at a time', async () => {
    await inWorld(async (world, economy) => {
      const [skill, voice] = [
        await world.publish(firstOf(economy, 'skill-profile')),
        await world.publish(firstOf(economy, 'voice-profile')),
      ];
      await world.ask(skill);
      expect(await world.ask(voice)).toEqual([]);
      const [first] = jobs(world);
      await world.reports();
      await world.beat(SELLER);
      await world.ask(voice);
      const [second] = jobs(world);
      expect(second?.id).toBe(voice.id);
      expect(second?.inputs.objectKey).toBe(first?.inputs.objectKey);
      expect(second?.goods.objectKey).not.toBe(first?.goods.objectKey);
    });
  });

  it('fails an offer that is signed for another root than its goods have', async () => {
    await inWorld(async (world, economy) => {
      await world.ask(await world.publish(firstOf(economy, 'user-stats'), { contentRoot: sha256('rubbish') }));
      expect(failedChecks(await judged(world))).toEqual(['offer']);
    });
  });

  it('fails goods that are larger than their product ever is, and fetches nothing of them', async () => {
    await inWorld(async (world, economy) => {
      const made = firstOf(economy, 'skill-profile');
      await world.ask(await world.publish(made));
      const [honest] = jobs(world);
      if (honest === undefined) throw new Error('nothing was handed over');
      // What a hostile seller writes instead: an offer of 60 MiB, and a job for it. Nothing can be fetched.
      const { id } = await world.publish(made, { size: 60 * 1024 * 1024 });
      const text = encodeNote(validationJobKind, { ...honest, id });
      world.vault.apply([
        { op: 'delete', path: jobPath(SELLER, honest.id) },
        { op: 'put', path: jobPath(SELLER, id), text },
      ]);
      for (const { objectKey } of [honest.goods, honest.inputs]) {
        await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: objectKey }));
      }
      const report = await judged(world);
      expect(report.checks.find(({ check }) => check === 'offer')?.detail).toBe(
        'the goods have 62914560 bytes, which no skill-profile has',
      );
    });
  });

  it('fails goods whose inputs take more than a replay gets, and judges the next ones', async () => {
    const { products, close } = createIsolatedProducts({ maxHeapMib: 64 });
    let hostile: InputRef | undefined;
    const more = async (dir: string) => {
      const lines = many(8000, (id) => logLine(id, { text: `${'so '.repeat(2600)}${id}` }));
      hostile = await rawLogs(dir, lines);
      return [hostile];
    };
    const judge = async (world: ValidationWorld, economy: Economy) => {
      const made = firstOf(economy, 'skill-profile');
      if (hostile === undefined) throw new Error('there are no hostile logs');
      await world.ask(await world.publish(made, {}, { inputs: [hostile.digest] }));
      const report = await judged(world);
      expect(failedChecks(report)).toEqual(['offer', 'order']);
      expect(report.checks.find(({ check }) => check === 'offer')?.detail).toBe(
        'what it is made from takes more memory or time than a replay gets',
      );
      await world.beat(SELLER);
      const honest = await world.publish(firstOf(economy, 'voice-profile'));
      await world.ask(honest);
      const reports = await world.reports();
      expect(reports.find((one) => one.report?.offer === honest.id)?.report?.verdict).toBe('passed');
    };
    try {
      await inWorld(judge, { definition: products.get('validation'), more });
    } finally {
      close();
    }
  });

  it('fails goods that are no product of their inputs', async () => {
    await inWorld(async (world, economy) => {
      const [honest, other] = [firstOf(economy, 'skill-profile'), firstOf(economy, 'user-stats')];
      await world.ask(await world.publish({ ...honest, path: other.path }));
      expect(failedChecks(await judged(world))).toEqual(expect.arrayContaining(['offer', 'bytes']));
    });
  });

  it('fails an order that does not follow from its inputs', async () => {
    await inWorld(async (world, economy) => {
      await world.ask(await world.publish(firstOf(economy, 'soul'), {}, { orderKey: sha256('made up') }));
      expect(failedChecks(await judged(world))).toEqual(['order']);
    });
  });

  it('fails what was replaced in the store, without using a byte of it', async () => {
    await inWorld(async (world, economy) => {
      await world.ask(await world.publish(firstOf(economy, 'topic-map')));
      const [job] = jobs(world);
      const put = { Bucket: store.bucket, Key: job?.inputs.objectKey, Body: 'junk' };
      await store.client.send(new PutObjectCommand(put));
      expect(failedChecks(await judged(world))).toEqual(['offer', 'order']);
    });
  });

  it('holds what cannot be fetched against the seller only after several tries', async () => {
    await inWorld(async (world, economy) => {
      await world.ask(await world.publish(firstOf(economy, 'voice-profile')));
      const [job] = jobs(world);
      await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: job?.goods.objectKey }));
      expect(await world.reports(MAX_TRIES - 1)).toEqual([]);
      expect(failedChecks(await judged(world))).toEqual(['offer']);
    });
  });

  it('writes the same report on the same job again', async () => {
    await inWorld(async (world, economy) => {
      await world.ask(await world.publish(firstOf(economy, 'raw-logs')));
      const [first] = await world.reports();
      if (first === undefined) throw new Error('no report is on offer');
      // The offer is lost, as after a kill before it was recorded; a queue that knows nothing does the job again.
      world.vault.apply([{ op: 'delete', path: offerPath(VALIDATOR, first.id) }]);
      world.replays.keepOnly(new Set());
      const [second] = await world.reports();
      expect(second?.contentDigest).toBe(first.contentDigest);
      expect(second?.id).not.toBe(first.id);
    });
  });

  it('takes a report off the market when the offer that it speaks of is gone', async () => {
    await inWorld(async (world, economy) => {
      const offer = await world.publish(firstOf(economy, 'user-stats'));
      await world.ask(offer);
      const [report] = await world.reports();
      if (report === undefined) throw new Error('no report is on offer');
      world.vault.apply([{ op: 'delete', path: offerPath(SELLER, offer.id) }]);
      await world.beat(VALIDATOR);
      await world.beat(SELLER);
      expect(await world.reports()).toEqual([]);
      expect(await world.goods[VALIDATOR].has(report.contentDigest)).toBe(false);
      expect(jobs(world)).toEqual([]);
    });
  });
});

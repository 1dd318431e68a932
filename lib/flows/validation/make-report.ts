import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import type { Executor } from '../../core/work.ts';
import { blindingFrom } from '../../delivery/blinding.ts';
import { rootOf } from '../../delivery/describe.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits } from '../../delivery/download.ts';
import { fetchHandover } from '../../delivery/fetch-handover.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { fromHex } from '../../delivery/hex.ts';
import { openSealedUrl } from '../../delivery/sealed-url.ts';
import type { ReceivedFile } from '../../delivery/unpack-handover.ts';
import type { OfferNote } from '../../market/notes/offer-note.ts';
import type { MadeGoods, ProductDefinition } from '../../products/definition.ts';
import { isUnreadable, readJsonGoods } from '../../products/goods/read-goods.ts';
import { DEFAULT_SETTINGS } from '../../products/settings.ts';
import { writeCase } from '../../products/validation/case.ts';
import { validationReport } from '../../products/validation/goods.ts';
import { workHead } from '../../work/work-chain.ts';
import type { HandedPackage, ValidationJob } from './job-note.ts';

/** The services with which reports are made. */
export interface ReportPorts {
  /** The product of reports. */
  readonly definition: ProductDefinition;
  readonly executor: Executor;
  readonly goods: GoodsStore;
  /** A folder for reports alone, on the same file system as the goods. */
  readonly workDir: string;
  /** The validator's permanent age identity, to which sellers encrypt. A secret. */
  readonly identity: string;
  /** The allowed origins of packages. */
  readonly origins: readonly string[];
  readonly nowMs: () => number;
}

/** A finished report in the goods store. */
export interface FinishedReport {
  readonly made: MadeGoods;
  readonly verdict: 'passed' | 'failed';
}

/** The most bytes that the list of a package of one file has: its names and digests take about 300. */
const MAX_ONE_FILE_HEADER_BYTES = 1024;

/** All sellers' jobs wait for one that is fetched. What came is kept, and the next try goes on with it. */
const PACKAGE_LIMITS: DownloadLimits = { ...DOWNLOAD_LIMITS, idleTimeoutMs: 10_000, totalTimeoutMs: 60_000 };

/** Error codes of downloads that are the seller's fault if they last: its URL doesn't work. */
const SELLER_FAULTS = new Set(['delivery/url-refused', 'delivery/redirect-refused', 'delivery/bad-url']);

/**
 * Fetches what a seller handed over, replays it and writes the report. Errors of the seller are findings of the report. The
 * same job gives the same bytes.
 * @param isLastTry whether a package that can't be fetched becomes a finding against the seller.
 * @throws SwarmError if the job can't be done now: an error of the network or the disk, or a URL that may be renewed.
 */
export async function makeReport(
  job: ValidationJob,
  offer: OfferNote,
  ports: ReportPorts,
  isLastTry: boolean,
  signal: AbortSignal,
): Promise<FinishedReport> {
  const dir = join(ports.workDir, offer.id.slice(2));
  const inputsDir = join(dir, 'inputs');
  const problems = [...mismatches(job, offer)];
  const receive = async (what: string, handed: HandedPackage, destDir: string): Promise<readonly ReceivedFile[]> => {
    try {
      const url = await openSealedUrl(handed.url, ports.identity);
      const { identity, origins } = ports;
      const limits = PACKAGE_LIMITS;
      const fetched = await fetchHandover({ url, identity, destDir, expected: handed, origins, signal, limits });
      if (fetched.status === 'verified') return fetched.files;
      problems.push(`the ${what} handed over can't be used: ${fetched.fault}`);
    } catch (error) {
      if (!isLastTry || !(error instanceof SwarmError) || !SELLER_FAULTS.has(error.code)) throw error;
      problems.push(`the ${what} can't be fetched from where they are said to be`);
    }
    return [];
  };
  // Goods that are none of their product are not fetched, nor what they are said to be made from.
  const isOversized = offer.size > maxGoodsBytesOf(offer.product, offer.unitCount);
  if (isOversized) problems.push(`the goods have ${offer.size} bytes, which no ${offer.product} has`);
  const isOther = job.goods.sizeBytes > offer.size + MAX_ONE_FILE_HEADER_BYTES;
  if (isOther && !isOversized) problems.push('the goods handed over have more bytes than those on offer');
  const goods = isOversized || isOther ? [] : await receive('goods', job.goods, join(dir, 'goods'));
  if (problems.length === 0) problems.push(...(await goodsProblems(goods, offer)));
  const inputs = isOversized ? [] : await receive('inputs', job.inputs, inputsDir);

  const named = new Set(offer.inputs);
  const { product, subject, unitCount } = offer;
  const outDir = join(dir, 'out');
  await mkdir(outDir, { recursive: true });
  const write = async (used: readonly ReceivedFile[]): Promise<MadeGoods> => {
    signal.throwIfAborted();
    const caseRef = await writeCase(join(inputsDir, 'files'), {
      offer: offer.id,
      order: {
        key: offer.orderKey,
        product,
        subject,
        title: offer.title,
        topics: [...offer.topics],
        rank: 0,
        unitCount,
        inputs: [...offer.inputs],
      },
      settings: job.settings,
      contentDigest: offer.contentDigest,
      contentRoot: offer.contentRoot,
      problems,
      work: [...offer.work],
      inputs: used
        .filter(({ digest }) => named.has(digest))
        .map(({ product: of, digest, label }) => ({ product: of, digest, label, file: digest.slice(2) })),
    });
    const [order] = await ports.definition.plan([caseRef], DEFAULT_SETTINGS, ports.executor);
    if (order === undefined) throw nothingPlanned(offer.id);
    const io = { executor: ports.executor, outDir, now: ports.nowMs };
    return await ports.definition.make(order, [caseRef], DEFAULT_SETTINGS, io);
  };
  const made = await write(inputs).catch((error: unknown) => {
    // The replay catches what is wrong with inputs by itself, unless they take more than its process gets.
    if (!isUnreadable(error) || inputs.length === 0) throw error;
    problems.push('what it is made from takes more memory or time than a replay gets');
    return write([]);
  });
  const { verdict } = await readJsonGoods(made, validationReport, maxGoodsBytesOf(made.order.product));
  const kept = await ports.goods.adopt(made.path);
  await rm(dir, { recursive: true, force: true });
  return { made: { ...made, path: kept.path }, verdict };
}

/** The contradictions between the job, the offer's note and what the seller signed. */
function mismatches(job: ValidationJob, offer: OfferNote): readonly string[] {
  const problems: string[] = [];
  const isSame =
    job.product === offer.product &&
    job.orderKey === offer.orderKey &&
    job.subject === offer.subject &&
    job.contentDigest === offer.contentDigest;
  if (!isSame) problems.push('the job and the offer name different goods');
  if (workHead(offer.work) !== offer.workHead) problems.push('the chain of work is not the one that was signed');
  if (offer.work.at(-1)?.output !== offer.contentDigest) problems.push('the chain of work ends in other goods');
  return problems;
}

/** The differences between the goods handed over and those that the signed offer promises. */
async function goodsProblems([file, ...more]: readonly ReceivedFile[], offer: OfferNote): Promise<readonly string[]> {
  if (file === undefined || more.length > 0 || file.digest !== offer.contentDigest) {
    return ['the goods handed over are others than those on offer'];
  }
  const problems: string[] = [];
  if (file.sizeBytes !== offer.size)
    problems.push(`the goods have ${file.sizeBytes} bytes, on offer are ${offer.size}`);
  const root: Hex | undefined =
    file.blindingKey === undefined ? undefined : await rootOf(file.path, blindingFrom(fromHex(file.blindingKey)));
  if (root !== offer.contentRoot) problems.push('the goods do not have the root that the offer is signed for');
  return problems;
}

function nothingPlanned(offer: Hex): SwarmError {
  return new SwarmError({
    code: 'validation/nothing-planned',
    disposition: 'stop',
    message: `No report on ${offer} could be planned`,
    next: 'This is an error in the program: report it.',
  });
}

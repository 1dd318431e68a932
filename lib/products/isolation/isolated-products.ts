import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { SwarmError } from '../../core/errors.ts';
import { errorOf } from '../../work/job-answer.ts';
import { createJobProcess, type JobProcess, type JobProcessOptions } from '../../work/job-process.ts';
import { type InputRef, isForeign, type MakeIo, type ProductDefinition, type WorkOrder } from '../definition.ts';
import { badGoods } from '../goods/read-goods.ts';
import { createProducts, type Products } from '../registry.ts';
import type { ProductSettings } from '../settings.ts';
import { IDLE_MS, JOB_TIMEOUT_MS, maxHeapMib } from './bounds.ts';
import { made, type ProductJob, planned } from './product-job.ts';

/** The products of a host, made in a process of their own wherever goods of strangers are read. */
export interface IsolatedProducts {
  readonly products: Products;
  /** Ends that process and refuses further work of it. Safe to repeat. */
  readonly close: () => void;
}

/** How many refused inputs and orders are remembered. */
const MAX_REFUSED = 4096;

/** How long they are, in milliseconds: the machine may have been short of memory or time. */
const REFUSED_MS = 3_600_000;

/** The program of the process: beside the bundle that this is a part of, or the source beside this one. */
const ENTRY = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'goods-process.ts' : 'goods-process.js');

/**
 * Creates the products of a host. Work on goods of strangers is done in one other process for all agents, so that the agents
 * beat on meanwhile, and goods that take too much memory or time end only that process. They count as `products/bad-goods`
 * and are not tried again for a while. Work on the own corpus is done here. The executor that is given runs the work that is done
 * here; the other process has one of its own, which records the same.
 */
export function createIsolatedProducts(bounds: Partial<JobProcessOptions> = {}): IsolatedProducts {
  const jobs = createJobProcess({
    entry: ENTRY,
    maxHeapMib: maxHeapMib(),
    timeoutMs: JOB_TIMEOUT_MS,
    idleMs: IDLE_MS,
    ...bounds,
  });
  const definitions = [...createProducts().values()].map((definition) => isolated(definition, jobs));
  return { products: new Map(definitions.map((definition) => [definition.name, definition])), close: jobs.close };
}

function isolated(definition: ProductDefinition, jobs: JobProcess): ProductDefinition {
  const { name: product, from } = definition;
  const refused = new LRUCache<string, SwarmError>({ max: MAX_REFUSED, ttl: REFUSED_MS });
  const relevant = (inputs: readonly InputRef[]) => inputs.filter((input) => from.includes(input.product));
  const run = (job: ProductJob) => jobs.run(job);

  async function askForPlan(inputs: readonly InputRef[], settings: ProductSettings, passesOver: boolean) {
    return planned.parse(await run({ type: 'plan', product, inputs, settings, passesOver }));
  }

  async function askForGoods(order: WorkOrder, inputs: readonly InputRef[], settings: ProductSettings, outDir: string) {
    return made.parse(await run({ type: 'make', product, order, inputs, settings, outDir }));
  }

  /** Refuses those inputs of work that was too much which are too much alone; there may be none. */
  async function refuseCulprits(inputs: readonly InputRef[], tryAlone: (input: InputRef) => Promise<void>) {
    const suspects = inputs.filter((input) => isForeign(input) && !refused.has(input.digest));
    for (const input of suspects) {
      const error = suspects.length === 1 ? tooMuch(input) : await isTooMuch(input, tryAlone);
      if (error !== undefined) refused.set(input.digest, error);
    }
  }

  const plan: ProductDefinition['plan'] = async (given, settings, executor, passOver) => {
    const inputs = relevant(given);
    if (!inputs.some(isForeign)) return definition.plan(inputs, settings, executor, passOver);
    const fit: InputRef[] = [];
    for (const input of inputs) {
      const error = refused.get(input.digest);
      if (error === undefined) fit.push(input);
      else if (passOver === undefined) throw error;
      else passOver(input, error);
    }
    try {
      const { orders, passedOver } = await askForPlan(fit, settings, passOver !== undefined);
      const byDigest = new Map(fit.map((input) => [input.digest, input]));
      for (const { digest, failure } of passedOver) {
        const input = byDigest.get(digest);
        if (input !== undefined) passOver?.(input, errorOf(failure));
      }
      return orders;
    } catch (error) {
      if (!isOutOfBounds(error)) throw error;
      await refuseCulprits(fit, async (input) => {
        await askForPlan([input], settings, true);
      });
      if (!fit.some(({ digest }) => refused.has(digest))) throw error;
      return await plan(given, settings, executor, passOver);
    }
  };

  const make = async (order: WorkOrder, given: readonly InputRef[], settings: ProductSettings, io: MakeIo) => {
    const wanted = new Set(order.inputs);
    const inputs = relevant(given).filter(({ digest }) => wanted.has(digest));
    if (!inputs.some(isForeign)) return definition.make(order, inputs, settings, io);
    const known = [order.key, ...wanted].flatMap((key) => refused.get(key) ?? [])[0];
    if (known !== undefined) throw known;
    try {
      return { order, ...(await askForGoods(order, inputs, settings, io.outDir)) };
    } catch (error) {
      if (!isOutOfBounds(error)) throw error;
      await refuseCulprits(inputs, async (input) => {
        const { orders } = await askForPlan([input], settings, true);
        const alone = orders.find(({ subject }) => subject === order.subject);
        if (alone === undefined) return;
        const scratch = await mkdtemp(join(io.outDir, 'alone-'));
        try {
          await askForGoods(alone, [input], settings, scratch);
        } finally {
          await rm(scratch, { recursive: true, force: true });
        }
      });
      const refusal = tooMuch(inputs.find(({ digest }) => refused.has(digest)) ?? inputs[0], error);
      refused.set(order.key, refusal);
      throw refusal;
    }
  };

  return { ...definition, plan, make };
}

async function isTooMuch(
  input: InputRef,
  tryAlone: (input: InputRef) => Promise<void>,
): Promise<SwarmError | undefined> {
  try {
    await tryAlone(input);
  } catch (error) {
    if (isOutOfBounds(error)) return tooMuch(input, error);
    if (error instanceof SwarmError && error.code === 'work/closed') throw error;
  }
  return undefined;
}

function tooMuch(input: InputRef | undefined, cause?: unknown): SwarmError {
  return badGoods(input?.path ?? '', 'work on it takes more memory or time than goods of strangers get', cause);
}

function isOutOfBounds(error: unknown): boolean {
  return error instanceof SwarmError && error.code === 'work/out-of-bounds';
}

import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import { workRecord } from '../../core/work.ts';
import { inProcess } from '../../work/executor.ts';
import { failure, failureOf } from '../../work/job-answer.ts';
import type { InputRef, WorkOrder } from '../definition.ts';
import type { Products } from '../registry.ts';
import type { ProductSettings } from '../settings.ts';
import { workOrder } from '../work-order.ts';

/** A job on goods of strangers: the arguments of a product's `plan` or `make` that cross to another process. */
export type ProductJob =
  | {
      readonly type: 'plan';
      readonly product: string;
      readonly inputs: readonly InputRef[];
      readonly settings: ProductSettings;
      /** Whether inputs that can't be read are passed over. */
      readonly passesOver: boolean;
    }
  | {
      readonly type: 'make';
      readonly product: string;
      readonly order: WorkOrder;
      readonly inputs: readonly InputRef[];
      readonly settings: ProductSettings;
      readonly outDir: string;
    };

/** A job as it arrives: from the process that started this one, over a channel that nobody else has. */
export const productJob = z.custom<ProductJob>((job) => typeof job === 'object' && job !== null && 'product' in job);

/** What comes of a plan. */
export const planned = z.strictObject({
  orders: z.array(workOrder),
  passedOver: z.array(z.strictObject({ digest: hex32, failure })),
});

/** What comes of an order, besides the order itself. */
export const made = z.strictObject({
  path: z.string(),
  digest: hex32,
  sizeBytes: z.number().int().min(0),
  work: z.array(workRecord),
});

/** Does a job in this process. @throws what `plan` and `make` throw. */
export async function performJob(
  products: Products,
  job: ProductJob,
): Promise<z.input<typeof planned> | z.input<typeof made>> {
  const definition = products.get(job.product);
  if (definition === undefined) throw new Error(`there is no product ${job.product}`);
  if (job.type === 'plan') {
    const passedOver: z.input<typeof planned>['passedOver'] = [];
    const passOver = ({ digest }: InputRef, error: unknown) => {
      passedOver.push({ digest, failure: failureOf(error) });
    };
    const { inputs, settings } = job;
    const orders = await definition.plan(inputs, settings, inProcess, job.passesOver ? passOver : undefined);
    return { orders: orders.map((order) => workOrder.parse(order)), passedOver };
  }
  const { outDir } = job;
  const io = { executor: inProcess, outDir, now: () => Date.now() };
  const { path, digest, sizeBytes, work } = await definition.make(job.order, job.inputs, job.settings, io);
  return { path, digest, sizeBytes, work: [...work] };
}

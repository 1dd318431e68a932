import { join } from 'node:path';
import type { Hex } from 'viem';
import { z } from 'zod';
import { hex32, productName } from '../../core/ids.ts';
import { compareText } from '../../core/text.ts';
import { workRecord } from '../../core/work.ts';
import { canonicalJson } from '../../work/canonical-json.ts';
import type { InputRef, WorkOrder } from '../definition.ts';
import { readJsonGoods } from '../goods/read-goods.ts';
import { writeGoods } from '../goods/write-goods.ts';
import { sharedSettings } from '../settings.ts';
import { workOrder } from '../work-order.ts';

/** The name under which a case is an input of validation reports. */
export const VALIDATION_CASE = 'validation-case';

/** The largest case, in bytes: 64 records of work with 512 inputs each are 2 MiB, 4,096 inputs with their labels 1 MiB. */
const MAX_CASE_BYTES = 8 * 1024 * 1024;

const fileName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,100}$/, 'must be a plain file name');

/** What is needed to replay goods, as their maker delivers it. The input files are beside the case. */
export const validationCase = z.strictObject({
  offer: hex32,
  order: workOrder,
  settings: sharedSettings,
  contentDigest: hex32,
  /** The root that the offer is signed for. */
  contentRoot: hex32,
  /** Errors found before the replay: the delivered goods are not those of the offer. */
  problems: z.array(z.string().max(300)).max(10),
  work: z.array(workRecord).max(64),
  inputs: z
    .array(z.strictObject({ product: productName, digest: hex32, label: z.string().max(80), file: fileName }))
    .max(20_000),
});
export type ValidationCase = z.infer<typeof validationCase>;

/** Writes a case into the folder of its input files and returns the input for the report. */
export async function writeCase(dir: string, value: ValidationCase): Promise<InputRef> {
  const inputs = [...value.inputs].sort((a, b) => compareText(a.digest, b.digest));
  const { path, digest } = await writeGoods(dir, 'case.json', [`${canonicalJson({ ...value, inputs })}\n`]);
  return { product: VALIDATION_CASE, digest, path, label: value.offer };
}

/** Reads a case of a stranger. @throws SwarmError `products/bad-goods`, `products/input-changed`. */
export async function readCase(input: InputRef): Promise<{
  readonly value: ValidationCase;
  readonly order: WorkOrder;
  readonly inputs: readonly InputRef[];
}> {
  const value = await readJsonGoods(input, validationCase, MAX_CASE_BYTES);
  const dir = join(input.path, '..');
  const inputs = value.inputs.map(({ product, digest, label, file }) => ({
    product,
    digest: digest as Hex,
    label,
    path: join(dir, file),
    offer: value.offer,
  }));
  return { value, order: value.order, inputs };
}

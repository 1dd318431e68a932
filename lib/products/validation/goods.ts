import { z } from 'zod';
import { hex32, productName } from '../../core/ids.ts';

/** The version of validation reports. */
export const VALIDATION_VERSION = '1';

/** A validation report, one canonical JSON document. Nothing in it depends on when or where the goods were replayed. */
export const validationReport = z.strictObject({
  product: z.literal('validation'),
  version: z.literal(VALIDATION_VERSION),
  /** The offer it is about, the product and the SHA-256 of the bytes that were offered. */
  offer: hex32,
  offered: productName,
  subject: z.string().max(120),
  contentDigest: hex32,
  /** The root that the offer is signed for; the delivered goods have it if the check `offer` passed. */
  contentRoot: hex32,
  /** The hash of the last record of the chain of work that was checked. */
  workHead: hex32,
  inputs: z.array(hex32).max(20_000),
  verdict: z.enum(['passed', 'failed']),
  checks: z
    .array(
      z.strictObject({
        check: z.enum(['offer', 'chain-of-work', 'order', 'replay', 'bytes', 'same-work']),
        passed: z.boolean(),
        detail: z.string().max(400),
      }),
    )
    .min(1)
    .max(10),
});
export type ValidationReport = z.infer<typeof validationReport>;

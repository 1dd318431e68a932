import { z } from 'zod';
import { hex32, productName } from '../core/ids.ts';

/** A work order that another process or a stranger wrote. */
export const workOrder = z.strictObject({
  key: hex32,
  product: productName,
  subject: z.string().max(120),
  title: z.string().max(320),
  topics: z.array(z.string().max(80)).max(40),
  rank: z.number(),
  unitCount: z.number().int().min(1),
  inputs: z.array(hex32).min(1).max(20_000),
});

import type { Hex } from 'viem';
import { z } from 'zod';
import { hex32 } from './ids.ts';

/** One stage of making a product, as written into the chain of work. Hashes are SHA-256 of bytes. */
export const workRecord = z.strictObject({
  stage: z.string().min(1).max(60),
  version: z.string().min(1).max(20),
  executor: z.string().min(1).max(40),
  inputs: z.array(hex32).max(512),
  output: hex32,
  counts: z.record(z.string().max(40), z.number().int().min(0)),
  durationMs: z.number().int().min(0),
  exit: z.enum(['ok', 'failed']),
  /** SHA-256 of the record before, of zeros for the first: the records form a hash chain. */
  previous: hex32,
});
export type WorkRecord = z.infer<typeof workRecord>;

/** A stage to run: pure over its input bytes. Same inputs, same bytes. */
export interface Stage<Input, Output> {
  readonly name: string;
  readonly version: string;
  readonly run: (input: Input) => Output | Promise<Output>;
}

/** Where stages run: in process now, in a sandbox or on another machine later. */
export interface Executor {
  readonly name: string;
  readonly execute: <Input, Output>(stage: Stage<Input, Output>, input: Input) => Promise<Output>;
}

/** A piece of goods on disk. `digest` is the SHA-256 of its bytes. */
export interface GoodsFile {
  readonly path: string;
  readonly digest: Hex;
  readonly sizeBytes: number;
}

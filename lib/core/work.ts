import type { Hex } from 'viem';
import { z } from 'zod';
import { hex32 } from './ids.ts';

/** One executed stage, as recorded in the chain of work. Hashes are SHA-256 of bytes. */
export const workRecord = z.strictObject({
  stage: z.string().min(1).max(60),
  version: z.string().min(1).max(20),
  executor: z.string().min(1).max(40),
  inputs: z.array(hex32).max(512),
  output: hex32,
  counts: z.record(z.string().max(40), z.number().int().min(0)),
  durationMs: z.number().int().min(0),
  exit: z.enum(['ok', 'failed']),
  /** SHA-256 of the previous record, zeros for the first: the records form a hash chain. */
  previous: hex32,
});
export type WorkRecord = z.infer<typeof workRecord>;

/** A stage to run: a pure function of its input. The same inputs give the same bytes. */
export interface Stage<Input, Output> {
  readonly name: string;
  readonly version: string;
  readonly run: (input: Input) => Output | Promise<Output>;
}

/** Runs stages, for example in this process. */
export interface Executor {
  readonly name: string;
  readonly execute: <Input, Output>(stage: Stage<Input, Output>, input: Input) => Promise<Output>;
}

/** A file of goods on disk. `digest` is the SHA-256 of its bytes. */
export interface GoodsFile {
  readonly path: string;
  readonly digest: Hex;
  readonly sizeBytes: number;
}

import type { Hex } from 'viem';
import type { Executor, Stage, WorkRecord } from '../core/work.ts';
import { digestOf, ZERO_DIGEST } from './digest.ts';

/** What a finished stage is recorded with: the hash of its output and how much went through it. */
export interface StageResult {
  readonly output: Hex;
  readonly counts: Readonly<Record<string, number>>;
}

/** A chain of work to which records are appended. */
export interface WorkChain {
  /** Runs a stage and appends its record. `describe` returns the hash and the counts of its output. */
  readonly run: <Input, Output>(
    stage: Stage<Input, Output>,
    input: Input,
    inputDigests: readonly Hex[],
    describe: (output: Output) => StageResult,
  ) => Promise<Output>;
  readonly records: () => readonly WorkRecord[];
}

/** More inputs than this are recorded as the hash of their list (the schema of a record allows 512). */
const MAX_LISTED_INPUTS = 500;

/** The inputs of a record: as they are, or when there are very many, one hash for all but the first `kept`. */
export function foldInputs(digests: readonly Hex[], kept = 0): readonly Hex[] {
  if (digests.length <= MAX_LISTED_INPUTS) return digests;
  return [...digests.slice(0, kept), digestOf(digests.slice(kept))];
}

/** Starts a chain of work. `now` returns milliseconds. A stage that fails makes no goods and gets no record. */
export function createWorkChain(executor: Executor, now: () => number): WorkChain {
  const records: WorkRecord[] = [];
  return {
    run: async (stage, input, inputDigests, describe) => {
      const startedMs = now();
      const output = await executor.execute(stage, input);
      const result = describe(output);
      records.push({
        stage: stage.name,
        version: stage.version,
        executor: executor.name,
        inputs: [...inputDigests],
        output: result.output,
        counts: { ...result.counts },
        durationMs: Math.max(0, Math.round(now() - startedMs)),
        exit: 'ok',
        previous: workHead(records),
      });
      return output;
    },
    records: () => [...records],
  };
}

/** The hash of a chain's last record, which covers all of them; zeros for an empty chain. */
export function workHead(records: readonly WorkRecord[]): Hex {
  const last = records.at(-1);
  return last === undefined ? ZERO_DIGEST : digestOf(last);
}

/** Returns the errors of a chain of work; empty if it is valid: every record follows the one before and uses the output of earlier ones. */
export function verifyWork(records: readonly WorkRecord[]): readonly string[] {
  const reasons: string[] = [];
  if (records.length === 0) reasons.push('the chain of work is empty');
  let previous: Hex = ZERO_DIGEST;
  for (const [index, record] of records.entries()) {
    const where = `record ${index + 1} (${record.stage})`;
    if (record.previous !== previous) reasons.push(`${where} does not follow the record before it`);
    if (record.exit !== 'ok') reasons.push(`${where} failed`);
    const before = records[index - 1];
    if (before !== undefined && !record.inputs.includes(before.output)) {
      reasons.push(`${where} does not use what the stage before it made`);
    }
    previous = digestOf(record);
  }
  return reasons;
}

/** Returns the differences of two chains, except durations and executors; empty if they record the same work. */
export function compareWork(claimed: readonly WorkRecord[], replayed: readonly WorkRecord[]): readonly string[] {
  const reasons: string[] = [];
  if (claimed.length !== replayed.length) {
    reasons.push(`the chain has ${claimed.length} records, ${replayed.length} were needed`);
  }
  for (const [index, mine] of replayed.entries()) {
    const theirs = claimed[index];
    if (theirs === undefined) break;
    const comparable = ({ stage, version, inputs, output, counts, exit }: WorkRecord) =>
      digestOf({ stage, version, inputs, output, counts, exit });
    if (comparable(mine) !== comparable(theirs))
      reasons.push(`record ${index + 1} (${mine.stage}) differs from the replay`);
  }
  return reasons;
}

import { constrainedMemory } from 'node:process';

const MIB = 1024 * 1024;

/**
 * The most memory for objects of goods of strangers, in MiB. Half a year of #ubuntu takes 150; the largest logs of different words or
 * of short messages 600.
 */
const MAX_HEAP_MIB = 1024;

/** The least, in MiB: the program itself takes 12. */
const MIN_HEAP_MIB = 64;

/** What a container keeps for everything else, in MiB: an agent takes about 100, the other process 120 besides its objects. */
const REST_MIB = 224;

/**
 * The most time for one job, in milliseconds: a beat that makes goods waits for it. On two busy cores half a year of #ubuntu takes
 * 6 s, and the largest logs of different words 14 s.
 */
export const JOB_TIMEOUT_MS = 60_000;

/** The process ends after this time without a job, in milliseconds, as a plan is followed by the goods that it planned. */
export const IDLE_MS = 60_000;

/** The most memory for objects, in MiB, so that a container's limit is not what ends a job. */
export function maxHeapMib(limitBytes: number | undefined = constrainedMemory()): number {
  if (limitBytes === undefined || limitBytes <= 0) return MAX_HEAP_MIB;
  return Math.max(MIN_HEAP_MIB, Math.min(MAX_HEAP_MIB, Math.floor(limitBytes / MIB) - REST_MIB));
}

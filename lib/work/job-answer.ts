import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';

const disposition = z.enum(['retry', 'wait', 'stop']);
const code = z.templateLiteral([z.string(), '/', z.string()]);

/** An error as it crosses from one process to another: its parts, without its cause. */
export const failure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('swarm-error'), code, disposition, message: z.string(), next: z.string() }),
  z.strictObject({ kind: z.literal('error'), message: z.string() }),
]);
export type Failure = z.infer<typeof failure>;

/** What a process of jobs says about each. */
export const jobAnswer = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('done'), value: z.unknown() }),
  z.strictObject({ status: z.literal('failed'), failure }),
]);
export type JobAnswer = z.infer<typeof jobAnswer>;

/** Takes an error apart to send it. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof SwarmError)) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
  const parsed = code.safeParse(error.code);
  if (!parsed.success) return { kind: 'error', message: error.message };
  const { message, next } = error;
  return { kind: 'swarm-error', code: parsed.data, disposition: error.disposition, message, next };
}

/** Puts a sent error together again. */
export function errorOf(sent: Failure): Error {
  return sent.kind === 'swarm-error' ? new SwarmError(sent) : new Error(sent.message);
}

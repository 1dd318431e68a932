import { formatError } from '../core/errors.ts';

/** The result of a probe, or why it failed. */
export type Probe<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };

/** Runs a probe. A part that can't be reached is a result, not an error. */
export async function probe<Value>(read: () => Promise<Value>): Promise<Probe<Value>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, why: formatError(error) };
  }
}

import { formatError } from '../core/errors.ts';
import type { Outcome, RunnableFlow } from '../core/flow.ts';
import type { Intent } from '../core/intent.ts';

/** What a beat sensed, and the intents for its flows; undefined intents mean that no flow may run in this beat. */
export interface Sensed<Snapshot> {
  readonly snapshot: Snapshot;
  readonly intents: readonly Intent[] | undefined;
  /** Whether flows only end what is open. */
  readonly exitsOnly?: boolean;
}

/** The result of a beat. */
export interface BeatResult<Seen> {
  /** Undefined if sensing threw. */
  readonly sensed: Seen | undefined;
  /** The successful steps; a failed step is in the errors. */
  readonly outcomes: readonly Outcome[];
  /** Recording may add errors. */
  readonly errors: string[];
  /** The earliest time at which a flow needs another beat, in seconds since 1970 by the snapshot's `now`. */
  readonly wakeAt: number | undefined;
}

/**
 * Runs one beat: senses, plans and performs each flow, records. Never throws: it returns the errors.
 * @param parts.sense reads the inputs once; an optional input that can't be read is added to the errors.
 * @param parts.record runs in every beat, also after errors.
 */
export async function runBeat<Snapshot, Seen extends Sensed<Snapshot>>(parts: {
  readonly sense: (errors: string[]) => Promise<Seen>;
  readonly flows: readonly RunnableFlow<Snapshot>[];
  readonly record: (result: BeatResult<Seen>) => Promise<void>;
}): Promise<BeatResult<Seen>> {
  const errors: string[] = [];
  const outcomes: Outcome[] = [];
  let wakeAt: number | undefined;
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      errors.push(`${what}: ${formatError(error)}`);
      return undefined;
    }
  };
  const act = async (
    flow: RunnableFlow<Snapshot>,
    { snapshot, intents, exitsOnly }: Sensed<Snapshot> & { readonly intents: readonly Intent[] },
  ): Promise<void> => {
    const plan = flow.plan(snapshot, intents, exitsOnly);
    const wake = (at: number | undefined): void => {
      if (at !== undefined) wakeAt = Math.min(wakeAt ?? at, at);
    };
    wake(plan.wakeAt);
    for (const outcome of await plan.perform()) {
      wake(outcome.wakeAt);
      if (outcome.failure === undefined) outcomes.push(outcome);
      else errors.push(`${outcome.what}: ${outcome.failure.message}`);
    }
  };

  const sensed = await attempt('cannot sense', () => parts.sense(errors));
  if (sensed?.intents !== undefined) {
    const given = { ...sensed, intents: sensed.intents };
    for (const flow of parts.flows) await attempt(flow.name, () => act(flow, given));
  }
  const result = { sensed, outcomes, errors, wakeAt };
  await attempt('cannot record', () => parts.record(result));
  return result;
}

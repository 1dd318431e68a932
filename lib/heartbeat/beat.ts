import { formatError } from '../core/errors.ts';
import type { Outcome, RunnableFlow } from '../core/flow.ts';
import type { Intent } from '../core/intent.ts';

/** What a beat sensed, and how it goes on from there. */
export interface Sensed<Snapshot> {
  readonly snapshot: Snapshot;
  /** What flows are asked to begin. */
  readonly intents: readonly Intent[];
  /** False where no flow may run in this beat. */
  readonly mayAct: boolean;
}

/** What a beat came to. */
export interface BeatResult<Seen> {
  /** Absent where sensing threw. */
  readonly sensed: Seen | undefined;
  /** What was done; a step that failed stands among the errors. */
  readonly outcomes: readonly Outcome[];
  /** Recording may add to them. */
  readonly errors: string[];
  /** The earliest time at which a flow wants another look, in seconds since 1970 by the snapshot. */
  readonly wakeAt: number | undefined;
}

/** What a beat is made of. */
export interface BeatParts<Snapshot, Seen extends Sensed<Snapshot>> {
  /** Looks at the world once. What can't be seen, but can be done without, is added to the errors. */
  readonly sense: (errors: string[]) => Promise<Seen>;
  readonly flows: readonly RunnableFlow<Snapshot>[];
  /** Runs in every beat, whatever failed before. */
  readonly record: (result: BeatResult<Seen>) => Promise<void>;
}

/** One pass: senses, plans and performs each flow, records. Never throws: what fails stands among the errors. */
export async function runBeat<Snapshot, Seen extends Sensed<Snapshot>>(
  parts: BeatParts<Snapshot, Seen>,
): Promise<BeatResult<Seen>> {
  const errors: string[] = [];
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      errors.push(`${what}: ${formatError(error)}`);
      return undefined;
    }
  };
  const outcomes: Outcome[] = [];
  let wakeAt: number | undefined;
  const act = async (flow: RunnableFlow<Snapshot>, { snapshot, intents }: Seen): Promise<void> => {
    const plan = flow.plan(snapshot, intents);
    if (plan.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? plan.wakeAt, plan.wakeAt);
    for (const outcome of await plan.perform()) {
      if (outcome.failure === undefined) outcomes.push(outcome);
      else errors.push(`${outcome.what}: ${outcome.failure.message}`);
    }
  };

  const sensed = await attempt('cannot sense', () => parts.sense(errors));
  if (sensed?.mayAct) for (const flow of parts.flows) await attempt(flow.name, () => act(flow, sensed));
  const result = { sensed, outcomes, errors, wakeAt };
  await attempt('cannot record', () => parts.record(result));
  return result;
}

import type { Announcement } from './channel.ts';
import { type Disposition, dispositionOf, formatError } from './errors.ts';
import type { Intent } from './intent.ts';
import type { Snapshot } from './snapshot.ts';
import type { VaultOperation } from './vault.ts';

/** What a view needs: act now, wait until a time (or the next beat), or nothing more. */
export type Next<Step> =
  | { readonly type: 'step'; readonly step: Step; readonly reason: string }
  | { readonly type: 'wait'; readonly until: number | undefined; readonly reason: string }
  | { readonly type: 'done' };

/** The outcome of a step (or of several steps done together): what to write to the vault and to announce. */
export interface Outcome {
  readonly flow: string;
  /** What was done, in words for people: `quoted 0x12ab… to kk-cyberpaisa`. */
  readonly what: string;
  readonly reason: string;
  readonly operations: readonly VaultOperation[];
  readonly announcements: readonly Announcement[];
  /** When another beat has something to do because of it, by the time of the snapshot. */
  readonly wakeAt?: number;
  readonly failure?: { readonly message: string; readonly disposition: Disposition };
}

/**
 * A process that takes several beats. `read` and `next` are pure: the whole state of a flow is in the snapshot. `perform`
 * has the effects, and every step is safe to repeat.
 */
export interface Flow<View, Step, Seen = Snapshot> {
  readonly name: string;
  readonly read: (snapshot: Seen) => readonly View[];
  readonly next: (view: View, snapshot: Seen) => Next<Step>;
  /** Turns a policy's intent into a first step; undefined if the intent is for another flow or no longer applies. */
  readonly begin?: (intent: Intent, snapshot: Seen) => { readonly step: Step; readonly reason: string } | undefined;
  /** Whether a step only ends what is open. An agent in quarantine or over its bounds takes no other; without this the flow rests. */
  readonly isExit?: (step: Step) => boolean;
  readonly perform: (steps: readonly PlannedStep<Step>[], snapshot: Seen) => Promise<readonly Outcome[]>;
}

/** A step with the reason for taking it. */
export interface PlannedStep<Step> {
  readonly step: Step;
  readonly reason: string;
}

/** What a flow will do in this beat. */
export interface FlowPlan {
  readonly stepCount: number;
  /** The earliest time at which the flow needs another beat, if any. */
  readonly wakeAt: number | undefined;
  readonly perform: () => Promise<readonly Outcome[]>;
}

/** A flow without its types, so that a heartbeat can run a list of different flows. */
export interface RunnableFlow<Seen = Snapshot> {
  readonly name: string;
  /** @param exitsOnly whether it takes only the steps that end what is open. */
  readonly plan: (snapshot: Seen, intents: readonly Intent[], exitsOnly?: boolean) => FlowPlan;
}

/** Wraps a flow as a {@link RunnableFlow}. */
export function runnable<View, Step, Seen = Snapshot>(flow: Flow<View, Step, Seen>): RunnableFlow<Seen> {
  return {
    name: flow.name,
    plan: (snapshot, intents, exitsOnly = false) => {
      const found: PlannedStep<Step>[] = [];
      let wakeAt: number | undefined;
      for (const view of flow.read(snapshot)) {
        const next = flow.next(view, snapshot);
        if (next.type === 'step') found.push({ step: next.step, reason: next.reason });
        if (next.type === 'wait' && next.until !== undefined) wakeAt = Math.min(wakeAt ?? next.until, next.until);
      }
      for (const intent of intents) {
        const begun = flow.begin?.(intent, snapshot);
        if (begun !== undefined) found.push(begun);
      }
      const steps = exitsOnly ? found.filter(({ step }) => flow.isExit?.(step) ?? false) : found;
      return {
        stepCount: steps.length,
        wakeAt,
        perform: async () => (steps.length === 0 ? [] : await flow.perform(steps, snapshot)),
      };
    },
  };
}

/** The outcome of a step that threw: nothing to write or say, and the error for the log. */
export function failedOutcome(flow: string, what: string, error: unknown): Outcome {
  return {
    flow,
    what,
    reason: formatError(error),
    operations: [],
    announcements: [],
    failure: { message: formatError(error), disposition: dispositionOf(error) },
  };
}

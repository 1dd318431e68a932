import { formatError } from '../core/errors.ts';

/** Lets the agents of a host beat in turn: a few at once, the most urgent first. */
export interface BeatQueue {
  /** Enters a beat. It starts when fewer than the maximum run and no waiting one is needed sooner. */
  readonly enter: (turn: BeatTurn) => WaitingBeat;
  /**
   * Runs, for a beat, what another process or the network does: meanwhile its place is free for others, so that no stranger's
   * server or goods hold up all agents of a host. Resolves and rejects as the work does.
   */
  readonly aside: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** A beat that wants to run. */
export interface BeatTurn {
  /** The time by which it is needed, in milliseconds since 1970. */
  readonly byMs: number;
  readonly run: () => Promise<void>;
}

/** A beat in the queue. Neither function does anything once it runs. */
export interface WaitingBeat {
  /** Says that it is needed sooner. */
  readonly hasten: (byMs: number) => void;
  readonly leave: () => void;
}

/**
 * How many beats of a host run at once. They share one event loop, so more of them only make each longer; a few overlap what
 * they wait for: disk, chain and objects.
 */
const MOST_AT_ONCE = 4;

/** Creates an empty queue. */
export function createBeatQueue(mostAtOnce = MOST_AT_ONCE): BeatQueue {
  const waiting = new Set<{ byMs: number; readonly run: () => Promise<void> }>();
  let running = 0;

  function pump(): void {
    while (running < mostAtOnce) {
      let next: { byMs: number; readonly run: () => Promise<void> } | undefined;
      for (const one of waiting) if (next === undefined || one.byMs < next.byMs) next = one;
      if (next === undefined) return;
      waiting.delete(next);
      running += 1;
      next
        .run()
        // Beats report their own errors; one that throws anyway must not end the agents.
        .catch((error: unknown) => process.emitWarning(`A beat threw: ${formatError(error)}`))
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  }

  return {
    aside: async (work) => {
      running -= 1;
      pump();
      try {
        return await work();
      } finally {
        // It goes on at once: for a moment there may be more than the maximum.
        running += 1;
      }
    },
    enter: ({ byMs, run }) => {
      const entry = { byMs, run };
      waiting.add(entry);
      pump();
      return {
        hasten: (sooner) => {
          entry.byMs = Math.min(entry.byMs, sooner);
        },
        leave: () => {
          waiting.delete(entry);
        },
      };
    },
  };
}

import type { AgentHost } from '../agent-host.ts';

/** After the last round the swarm stops, even with open trades, once each agent has had this many beats. */
export const MAX_DRAIN_BEATS = 12;

/** The minimum interval between beats of the drain, in seconds, so that trades get a minute to end. */
const DRAIN_BEAT_SECONDS = 6;

/** Counts the rounds of a bounded run and decides when it drains and when it ends. */
export interface Rounds {
  /** Checks the counts after a beat. */
  readonly onBeat: () => void;
  readonly isDraining: () => boolean;
  /** The beats that each agent has had since the drain began, at least. */
  readonly drainBeats: () => number;
  /** Resolves when no trade is open or each agent has had {@link MAX_DRAIN_BEATS}. */
  readonly over: Promise<void>;
}

/**
 * Follows a run of `rounds` scheduled beats for every agent. Once each has had them the run drains: beats go on, new
 * requests don't start, until `hasOpenTrades` says no or each has had {@link MAX_DRAIN_BEATS} more. On a busy machine some beat less
 * often than others, and a trade ends by the beats of its own two agents.
 * @param onDrain is called when the run begins to drain.
 */
export function followRounds(
  agents: readonly AgentHost[],
  rounds: number,
  hasOpenTrades: () => Promise<boolean>,
  onDrain: () => void,
): Rounds {
  let startOfDrain: readonly number[] | undefined;
  let isChecking = false;
  let isOver = false;
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });

  function drainBeats(): number {
    if (startOfDrain === undefined) return 0;
    const start = startOfDrain;
    return Math.min(...agents.map((agent, i) => agent.counts.scheduled - (start[i] ?? 0)));
  }

  async function check(): Promise<void> {
    if (isChecking || isOver) return;
    isChecking = true;
    try {
      // Every agent beats once more after the last possible request, so that the request is seen.
      const isDrained = drainBeats() >= 1 && !(await hasOpenTrades());
      if (isDrained || drainBeats() >= MAX_DRAIN_BEATS) {
        isOver = true;
        finish();
      }
    } catch {
      // An error of reading is ignored: the next beat checks again.
    } finally {
      isChecking = false;
    }
  }

  return {
    onBeat: () => {
      if (startOfDrain === undefined && agents.every((agent) => agent.counts.scheduled >= rounds)) {
        startOfDrain = agents.map((agent) => agent.counts.scheduled);
        for (const agent of agents) agent.stretchTo(DRAIN_BEAT_SECONDS);
        onDrain();
      }
      if (startOfDrain !== undefined) void check();
    },
    isDraining: () => startOfDrain !== undefined,
    drainBeats,
    over,
  };
}

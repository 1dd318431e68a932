import type { OpenDepth } from '../../core/chains.ts';
import type { TradeSettings } from './settings.ts';

/** How fast a seller reveals what it opened, by what it measured. It decides what the seller may open and promise. */
export interface RevealPace {
  /** Notes how long a reveal took from the opening, in seconds. */
  readonly measured: (seconds: number) => void;
  /** Whether a reveal in the next beat surely comes in time; if not, the beat that opens a trade also reveals its key. */
  readonly canWaitForBeat: () => boolean;
  /** The window that a seller needs from an opening to the deadline of the reveal, in seconds. */
  readonly windowNeeded: () => number;
}

/** What was measured is doubled: the next time may be slower. */
const SAFETY = 2;
/** A measurement counts this long, in seconds, so that a seller that stopped opening finds out when its machine is faster. */
const MEMORY_SECONDS = 300;
/** The maximum number of kept measurements. */
const MOST_MEASURED = 32;

/**
 * Creates the pace of one seller.
 * @param paceSeconds how long it can take until the seller's next beat has ended.
 * @param clock the time in seconds.
 */
export function createRevealPace(
  settings: Pick<TradeSettings, 'openDepth' | 'revealWindowSeconds' | 'deadlineMarginSeconds'>,
  paceSeconds: () => number,
  clock: () => number,
): RevealPace {
  const { openDepth, revealWindowSeconds, deadlineMarginSeconds } = settings;
  let taken: readonly { readonly at: number; readonly seconds: number }[] = [];

  const byNextBeat = (): number => depthSeconds(openDepth) + SAFETY * paceSeconds() + deadlineMarginSeconds;
  const canWaitForBeat = (): boolean => openDepth.type === 'confirmations' || byNextBeat() <= revealWindowSeconds;
  const inOneBeat = (): number => {
    // A clock that was set back must not keep a measurement for longer.
    taken = taken.filter(({ at }) => Math.abs(clock() - at) < MEMORY_SECONDS);
    const slowest = Math.max(depthSeconds(openDepth), ...taken.map(({ seconds }) => seconds));
    return SAFETY * slowest + deadlineMarginSeconds;
  };
  return {
    measured: (seconds) => {
      taken = [...taken, { at: clock(), seconds }].slice(-MOST_MEASURED);
    },
    canWaitForBeat,
    windowNeeded: () => (canWaitForBeat() ? byNextBeat() : inOneBeat()),
  };
}

/** The reveal window that a seller promises, in seconds: the usual one, or a longer one if it needs it and a buyer accepts it. */
export function promisedWindow(neededSeconds: number, usualSeconds: number): number {
  return Math.min(Math.max(usualSeconds, Math.ceil(neededSeconds)), mostAccepted(usualSeconds));
}

/** The longest reveal window that a buyer accepts, in seconds, because it locks its money. */
export function mostAccepted(usualSeconds: number): number {
  return usualSeconds * 2;
}

/** The least time from an opening to its reveal; blocks are counted as two seconds each. */
function depthSeconds(depth: OpenDepth): number {
  return depth.type === 'age' ? depth.seconds : Number(depth.blocks) * 2;
}

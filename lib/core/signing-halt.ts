import type { Snapshot } from './snapshot.ts';

/** An agent whose clock is further from the chain's than this signs nothing, in seconds. */
const MAX_SKEW_SECONDS = 60;

/**
 * Says why nothing may be signed now, or undefined where it may: without a look at the chain nothing is known of its
 * time, and by a clock that is far off, deadlines and expiries would mean something else to everybody else.
 */
export function signingHalt({ clock, chain }: Pick<Snapshot, 'clock' | 'chain'>): string | undefined {
  if (chain === undefined) return 'nothing is signed until the chain can be read';
  const skew = Math.abs(clock - chain.blockTime);
  if (skew <= MAX_SKEW_SECONDS) return undefined;
  return (
    `this machine's clock is ${skew} s off the chain's: nothing is signed until they agree. ` +
    'Synchronize it (NTP), or wait for the chain to catch up.'
  );
}

import type { Snapshot } from './snapshot.ts';

/** The most that an agent's clock may differ from the chain's while it signs, in seconds. */
const MAX_SKEW_SECONDS = 60;

/**
 * Says why nothing may be signed now; undefined if signing is allowed. Without the chain its time is unknown, and with a
 * wrong clock, deadlines and expiries would mean something else to the other agents.
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

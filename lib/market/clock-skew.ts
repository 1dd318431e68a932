/**
 * Says by how many seconds a clock and the chain disagree. An agent signs nothing while it is too much: its deadlines
 * and expiries would mean something else to everybody else. Both in seconds since 1970.
 */
export function clockSkewSeconds(clockTime: number, blockTime: number): number {
  return Math.abs(clockTime - blockTime);
}

import { createHash } from 'node:crypto';

/**
 * A number from 0 to 65535 that depends only on the texts. It orders equal candidates, differently for each agent and the
 * same in every beat.
 */
export function tieBreak(...texts: readonly string[]): number {
  return createHash('sha256').update(JSON.stringify(texts)).digest().readUInt16BE(0);
}

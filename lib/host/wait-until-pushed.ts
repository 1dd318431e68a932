import { setTimeout as delay } from 'node:timers/promises';
import type { Vault } from '../vault/vault.ts';

const LONGEST_MS = 2500;

/**
 * Waits until every write is pushed, with a timeout; the next start pushes what is left in the spool.
 * @param tell called with the number of writes that are not pushed.
 */
export async function waitUntilPushed(vault: Pick<Vault, 'status'>, tell?: (spooled: number) => void): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (Date.now() < deadline) {
    const { spooled, head, remoteHead } = await vault.status();
    if (spooled === 0 && head === remoteHead) return;
    tell?.(spooled);
    await delay(50);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Vault } from '../vault/vault.ts';

const LONGEST_MS = 2500;

/**
 * Waits until every write is pushed, within a bound: what is left in the spool is pushed after the next start.
 * @param tell hears how many writes are waited for.
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

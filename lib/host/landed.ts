import { setTimeout as delay } from 'node:timers/promises';
import type { Vault } from '../vault/vault.ts';

const LANDING_MS = 2500;

/**
 * Waits until nothing is spooled any more, within a bound: what is left lands at the next start.
 * @param tell hears how many writes are waited for.
 */
export async function landed(vault: Pick<Vault, 'status'>, tell?: (spooled: number) => void): Promise<void> {
  const deadline = Date.now() + LANDING_MS;
  while (Date.now() < deadline) {
    const { spooled, head, remoteHead } = await vault.status();
    if (spooled === 0 && head === remoteHead) return;
    tell?.(spooled);
    await delay(50);
  }
}

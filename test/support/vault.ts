import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { VaultOperation, VaultWrite } from '../../lib/core/vault.ts';
import type { VaultTiming } from '../../lib/vault/timing.ts';
import { openVault, type Vault, type VaultOptions } from '../../lib/vault/vault.ts';
import { PATIENCE_MS } from './patience.ts';

/** Quick enough for tests, in the order of real life. */
export const QUICK: VaultTiming = {
  minPushIntervalMs: 0,
  gatherMs: 5,
  fetchIntervalMs: 300,
  scanIntervalMs: 100,
  settleMs: 400,
  minRetryMs: 40,
  maxRetryMs: 300,
  gitSilenceMs: 60_000,
  closeMs: 4_000,
};

/** Opens a vault in a folder of a test; `name` tells hosts apart. */
export function openTestVault(
  folder: string,
  remoteUrl: string,
  name = 'host',
  options: Partial<VaultOptions> = {},
): Promise<Vault> {
  return openVault({
    workTree: path.join(folder, name, 'vault'),
    spoolDir: path.join(folder, name, 'spool'),
    remoteUrl,
    timing: QUICK,
    ...options,
  });
}

/** One write by an author. */
export function aWrite(author: string, ...operations: readonly VaultOperation[]): VaultWrite {
  return { id: randomUUID(), author, message: `Beat of ${author}`, operations };
}

export const put = (file: string, text: string): VaultOperation => ({ op: 'put', path: file, text });
export const append = (file: string, text: string): VaultOperation => ({ op: 'append', path: file, text });
export const remove = (file: string): VaultOperation => ({ op: 'delete', path: file });

/** Waits until a condition holds. @throws Error after `timeoutMs`, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file whose time says when a command last looked at the swarm. */
function lookFile(stateDir: string): string {
  return join(stateDir, 'looked');
}

/** Makes the file by which commands tell that they look. */
export async function openLookFile(stateDir: string): Promise<void> {
  await writeFile(lookFile(stateDir), '', { mode: 0o600 });
}

/**
 * Tells the swarm of a state folder, if it wants to know, that a command looks at it. Makes no file and never throws: who may
 * only read a state folder may look all the same.
 */
export async function tellLook(stateDir: string): Promise<void> {
  const now = new Date();
  await utimes(lookFile(stateDir), now, now).catch(() => undefined);
}

/** When a command last looked, in milliseconds since 1970; 0 for never. */
export async function lastLookMs(stateDir: string): Promise<number> {
  return (await stat(lookFile(stateDir)).catch(() => undefined))?.mtimeMs ?? 0;
}

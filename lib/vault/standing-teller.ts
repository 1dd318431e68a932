import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type FolderReport, standingText } from './folder-memory.ts';
import type { FolderState } from './folder-state.ts';

/** A lock is told when it lasts this long: a git that runs needs it for milliseconds. */
const TELL_LOCK_MS = 3_000;

/** Tells when and why the folder stands still, and when it follows again. */
export interface StandingTeller {
  readonly standing: () => FolderReport['standing'];
  /** Tells what is new of a state, and removes a lock that it names as stale. */
  readonly tell: (state: FolderState, root: string) => Promise<void>;
}

/** Creates a {@link StandingTeller}; `before` is how the folder stood when the host ended. */
export function createStandingTeller(
  warn: (message: string) => void,
  before: FolderReport['standing'],
): StandingTeller {
  let current = before;
  let wasLock = false;
  let told = before?.why;

  return {
    standing: () => current,
    tell: async (state, root) => {
      if (state.state !== 'standing') {
        if (told !== undefined) warn('The vault folder follows main again');
        [current, told] = [undefined, undefined];
        return;
      }
      const { why, next, isLock, staleLock } = state;
      const nowMs = Date.now();
      // The same lock is told in other words once it is known who holds it.
      const isSame = current !== undefined && (current.why === why || (isLock && wasLock));
      const sinceMs = current !== undefined && isSame ? current.sinceMs : nowMs;
      current = { why, next, sinceMs };
      wasLock = isLock;
      if (told !== why && (!isLock || nowMs - sinceMs >= TELL_LOCK_MS)) {
        warn(`The vault folder stands still: ${standingText(current, nowMs)}. Agents go on; only the folder waits.`);
        told = why;
      }
      if (staleLock === undefined) return;
      await rm(path.join(root, '.git', staleLock), { force: true });
      warn(`Removed .git/${staleLock} of the vault folder: no process held it`);
    },
  };
}

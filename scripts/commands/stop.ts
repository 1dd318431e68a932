import { setTimeout as delay } from 'node:timers/promises';
import { SwarmError } from '../../lib/core/errors.ts';
import { holderOf, isAlive } from '../../lib/files/owner-lock.ts';
import { findStateFolder, type StateFolder } from '../../lib/host/state-folder.ts';
import { printJson, printLine } from '../terminal/print.ts';

const STOP_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 100;

/**
 * Stops a running swarm and waits until it is gone.
 * @throws SwarmError `swarm/still-running` when it doesn't end in time or is another user's.
 */
export async function stop(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const folder = await findStateFolder(options.state);
  if (await stopProcess(folder)) {
    tell(options.json, 'stopped', 'Stopped. Start it again with npm start: it continues where it stopped.');
  } else tell(options.json, 'not-running', 'The swarm is not running.');
  return 0;
}

/** Ends the process that uses a state folder, and waits until it is gone; false where there is none. Throws as {@link stop}. */
export async function stopProcess(folder: Pick<StateFolder, 'lock' | 'log'>): Promise<boolean> {
  const holder = await holderOf(folder.lock);
  if (holder === undefined) return false;
  const { pid } = holder;
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    // The process ended before the signal was sent.
    if (!(await isAlive(holder))) return true;
    throw new SwarmError({
      code: 'swarm/still-running',
      disposition: 'stop',
      message: `Process ${pid} belongs to another user and can't be stopped`,
      next: `Run this as that user, or: sudo kill ${pid}`,
      cause,
    });
  }
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (Date.now() < deadline) {
    await delay(POLL_INTERVAL_MS);
    if (!(await isAlive(holder))) return true;
  }
  throw new SwarmError({
    code: 'swarm/still-running',
    disposition: 'stop',
    message: `Process ${pid} has not ended after ${STOP_TIMEOUT_MS / 1000} s`,
    next: `Look at ${folder.log}; as a last resort: kill -9 ${pid}. Nothing is lost by that.`,
  });
}

function tell(json: boolean | undefined, status: string, line: string): void {
  if (json) printJson('Status', [{ name: 'swarm', status }]);
  else printLine(line);
}

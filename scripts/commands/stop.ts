import { setTimeout as delay } from 'node:timers/promises';
import { SwarmError } from '../../lib/core/errors.ts';
import { readRunFile } from '../../lib/host/run-file.ts';
import { findStateFolder } from '../../lib/host/state-folder.ts';
import { printJson, printLine } from '../terminal/print.ts';

const PATIENCE_MS = 8000;
const LOOK_EVERY_MS = 100;

/**
 * Stops a running swarm and waits until it is gone.
 * @throws SwarmError `swarm/still-running` when it doesn't end in time.
 */
export async function stop(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const folder = await findStateFolder(options.state);
  const found = await readRunFile(folder.run);
  if (found === undefined || !found.isAlive) {
    tell(options.json, 'not-running', 'The swarm is not running.');
    return 0;
  }
  process.kill(found.run.pid, 'SIGTERM');
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    await delay(LOOK_EVERY_MS);
    if (!(await readRunFile(folder.run))?.isAlive) {
      tell(options.json, 'stopped', 'Stopped. Start it again with npm start: it goes on where it was.');
      return 0;
    }
  }
  throw new SwarmError({
    code: 'swarm/still-running',
    disposition: 'stop',
    message: `Process ${found.run.pid} has not ended after ${PATIENCE_MS / 1000} s`,
    next: `Look at ${folder.log}; as a last resort: kill -9 ${found.run.pid}. Nothing is lost by that.`,
  });
}

function tell(json: boolean | undefined, status: string, line: string): void {
  if (json) printJson('Status', [{ name: 'swarm', status }]);
  else printLine(line);
}

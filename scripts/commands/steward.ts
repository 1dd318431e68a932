import { runUnit } from '../unit/run-unit.ts';
import { runStewardUnit } from '../unit/steward-unit.ts';
import { readStewardEnvironment } from '../unit/unit-environment.ts';

/** Looks after the agents of other containers, as its environment says, until SIGTERM. Gives the exit code. */
export async function steward(): Promise<number> {
  return runUnit(readStewardEnvironment, (environment, run) => runStewardUnit(environment, run));
}

import { readStewardEnvironment } from '../../lib/host/container/container-environment.ts';
import { runContainer } from '../../lib/host/container/run-container.ts';
import { runSteward } from '../../lib/host/container/run-steward.ts';

/** Runs the steward of the agents in other containers, as its environment says, until SIGTERM. Gives the exit code. */
export async function steward(): Promise<number> {
  return runContainer(readStewardEnvironment, (environment, run) => runSteward(environment, run));
}

import { readStewardEnvironment } from '../../lib/host/container/container-environment.ts';
import { runContainer } from '../../lib/host/container/run-container.ts';
import { runSteward } from '../../lib/host/container/run-steward.ts';

/** Runs the steward for the agents in other containers, configured by its environment, until SIGTERM. Gives the exit code. */
export async function steward(): Promise<number> {
  return runContainer(readStewardEnvironment, (environment, run) => runSteward(environment, run));
}

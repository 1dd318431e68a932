import { readAgentEnvironment } from '../../lib/host/container/container-environment.ts';
import { runAgent } from '../../lib/host/container/run-agent.ts';
import { runContainer } from '../../lib/host/container/run-container.ts';

/** Runs the agent that the environment of this container configures, until SIGTERM. Gives the exit code. */
export async function agent(): Promise<number> {
  return runContainer(readAgentEnvironment, (environment, run) => runAgent(environment, run));
}

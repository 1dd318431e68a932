import { runAgentUnit } from '../unit/agent-unit.ts';
import { runUnit } from '../unit/run-unit.ts';
import { readAgentEnvironment } from '../unit/unit-environment.ts';

/** Runs the one agent of this container, as its environment says, until SIGTERM. Gives the exit code. */
export async function agent(): Promise<number> {
  return runUnit(readAgentEnvironment, (environment, run) => runAgentUnit(environment, run));
}

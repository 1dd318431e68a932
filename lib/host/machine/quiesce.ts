import type { Vault } from '../../vault/vault.ts';
import type { AgentHost } from '../agent-host.ts';
import type { SwarmServices } from '../swarm-services.ts';
import { waitUntilPushed } from '../wait-until-pushed.ts';
import type { Progress } from './progress.ts';

/** Ends the heartbeats after their running beats. */
export async function restAgents(
  agents: readonly AgentHost[],
  swarmServices: SwarmServices,
  progress: Progress,
): Promise<void> {
  let resting = 0;
  const tell = (): void => progress('waiting for the beats of the agents', resting, agents.length);
  tell();
  const restOne = async (agent: AgentHost): Promise<void> => {
    await agent.rest();
    resting += 1;
    tell();
  };
  await Promise.all([swarmServices.rest(), ...agents.map(restOne)]);
}

/** Waits until all writes are pushed, with a timeout. */
export async function pushAll(vault: Vault, progress: Progress): Promise<void> {
  const step = 'pushing what was written';
  let most = 0;
  await waitUntilPushed(vault, (spooled) => {
    most = Math.max(most, spooled);
    if (most === 0) progress(step);
    else progress(step, most - spooled, most);
  });
}

import type { FleetClients } from '../aws/clients.ts';
import type { FleetFacts } from './assess-fleet.ts';
import { type Fleet, hostOfUnit } from './fleet.ts';
import { readInstances } from './instances.ts';
import { readHostParameters } from './parameters.ts';
import type { StatedVersion } from './stated-versions.ts';
import { createCommandSender } from './unit-command.ts';
import { readUnitStatuses } from './unit-status.ts';

/**
 * Reads the state of a fleet through AWS: its machines, what they are to run, and the containers of the machines that run.
 * @param manifests names of the agents that have a manifest.
 * @param readStated reads what agents state in the vault; undefined to leave it out.
 * @throws SwarmError `aws/…`, and what `readStated` throws.
 */
export async function gatherFacts(
  fleet: Fleet,
  clients: FleetClients,
  manifests: readonly string[],
  readStated: (() => Promise<ReadonlyMap<string, StatedVersion>>) | undefined,
): Promise<FleetFacts> {
  const [instances, parameters, stated] = await Promise.all([
    readInstances(clients.ec2, fleet.stack),
    readHostParameters(clients.ssm, fleet.stack),
    readStated?.(),
  ]);
  const running = new Set(instances.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId));
  const sendCommand = createCommandSender(clients.ssm, fleet);
  const asked = fleet.units.filter((unit) => running.has(hostOfUnit(fleet, unit)?.instanceId ?? ''));
  const statuses = await readUnitStatuses(sendCommand, asked);
  return { fleet, instances, parameters, statuses, manifests, stated };
}

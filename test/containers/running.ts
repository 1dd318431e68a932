import { type Unit, unitOf, unitsOf, unwell } from './units.ts';
import { type ContainerWorld, eventually } from './world.ts';

/** Waits until all containers are healthy, as their own checks say, and gives them. */
export function healthy(world: ContainerWorld, withinMs: number): Promise<readonly Unit[]> {
  return eventually('all containers are healthy', withinMs, async () => {
    const units = await unitsOf(world);
    const why = unwell(units);
    if (why !== undefined) throw new Error(why);
    return units.length > 0 ? units : undefined;
  });
}

/** Runs a command of swarm-ops in the steward's container and gives what it prints. @throws when it doesn't end with 0. */
export async function ops(world: ContainerWorld, ...args: readonly string[]): Promise<string> {
  const { Id } = await unitOf(world, 'steward');
  return world.docker.run(['exec', Id, '/usr/bin/swarm-ops', ...args]);
}

/** Whether it is one of the 24, or the steward that keeps their money: those that write to the vault. */
export function isWriter({ service }: Unit): boolean {
  return service.startsWith('kk-') || service === 'steward';
}

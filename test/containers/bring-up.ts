import type { Compose } from '../../scripts/testing/containers/compose-project.ts';
import { overrideFile } from './override.ts';
import { healthy } from './running.ts';
import { type Unit, unitOf } from './units.ts';
import { type ContainerWorld, eventually, projectOf, realLogs, tell } from './world.ts';

/** Starts all containers of the project, the state of `small` on the disk that can be filled, and waits until they are healthy. */
export async function bringUp(
  world: ContainerWorld,
  small: string,
  withinMs: number,
): Promise<{ readonly compose: Compose; readonly units: readonly Unit[] }> {
  const logs = await realLogs(world);
  tell(logs === undefined ? 'trading in the shipped sample' : 'trading in real logs');
  const compose = projectOf(world, [await overrideFile(world, small)], logs);
  const up = (...services: readonly string[]): Promise<string> =>
    compose.run(['up', '--detach', '--no-build', ...services], { timeoutMs: withinMs });
  // First what all wait for: version 1.29 asks the engine ten times a second for each service that waits.
  await up('hub', 'chain', 'objects');
  await eventually('the hub is healthy', withinMs, async () => {
    return (await unitOf(world, 'hub')).State.Health?.Status === 'healthy' || undefined;
  });
  await up();
  return { compose, units: await healthy(world, withinMs) };
}

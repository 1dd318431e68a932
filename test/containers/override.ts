import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerWorld } from './world.ts';

/** The agents that make goods of logs, and those that check and coordinate; the others are the community. */
const SYSTEM = [
  'kk-coordinator',
  'kk-karma-hello',
  'kk-skill-extractor',
  'kk-voice-extractor',
  'kk-validator',
  'kk-soul-extractor',
];

/** Seconds between two beats of those that make and check goods: the whole chain of supply waits for them. */
const BUSY_SECONDS = '6';

/** Between two health checks of the hub, which all others wait for. */
const HUB_CHECK = '2s';

/**
 * Writes what this run changes in docker/compose.yaml: the state of one agent lies on a disk that can be filled, the hub is
 * known to be there as soon as it is, and the agents of the system beat more often than the community, whose 18 would take both cores with it.
 */
export async function overrideFile({ folder, smallDisk }: ContainerWorld, agent: string): Promise<string> {
  const file = join(folder, 'override.yaml');
  const volumes =
    smallDisk === undefined
      ? {}
      : { [`state-${agent}`]: { driver: 'local', driver_opts: { type: 'none', o: 'bind', device: smallDisk } } };
  const busy = SYSTEM.map((name) => [name, { environment: { KK_BEAT_SECONDS: BUSY_SECONDS } }]);
  const services = { hub: { healthcheck: { interval: HUB_CHECK } }, ...Object.fromEntries(busy) };
  await writeFile(file, JSON.stringify({ services, volumes }));
  return file;
}

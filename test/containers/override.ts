import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerWorld } from './world.ts';

/** Writes what this run changes in docker/compose.yaml: the state of one agent lies on a disk that can be filled. */
export async function overrideFile({ folder, smallDisk }: ContainerWorld, agent: string): Promise<string> {
  const file = join(folder, 'override.yaml');
  const volumes =
    smallDisk === undefined
      ? {}
      : { [`state-${agent}`]: { driver: 'local', driver_opts: { type: 'none', o: 'bind', device: smallDisk } } };
  await writeFile(file, JSON.stringify({ volumes }));
  return file;
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerWorld } from './world.ts';

/** Where a volume of the project lies on this machine. */
export async function volumeFolder({ docker, project }: ContainerWorld, volume: string): Promise<string> {
  return (await docker.run(['volume', 'inspect', '--format', '{{.Mountpoint}}', `${project}_${volume}`])).trim();
}

/** The text of a file in a volume. */
export async function volumeFile(world: ContainerWorld, volume: string, file: string): Promise<string> {
  return readFile(join(await volumeFolder(world, volume), file), 'utf8');
}

/** The names of what waits in a unit's spool to be pushed. */
export async function spooled(world: ContainerWorld, service: string): Promise<readonly string[]> {
  const folder = await volumeFolder(world, `state-${service}`);
  const names = await readdir(folder);
  const spools = names.filter((name) => name.startsWith('spool'));
  const found = await Promise.all(
    spools.map(async (spool) =>
      (await readdir(join(folder, spool), { recursive: true })).map((name) => `${service}/${spool}/${name}`),
    ),
  );
  return found.flat().filter((name) => name.endsWith('.json'));
}

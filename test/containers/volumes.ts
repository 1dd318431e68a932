import { readFile } from 'node:fs/promises';
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

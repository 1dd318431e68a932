import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerWorld } from './world.ts';

/** Where a volume of the project lies on this machine: what the engine mounts for it is seen by the engine alone. */
export async function volumeFolder({ docker, project }: ContainerWorld, volume: string): Promise<string> {
  const place = '{{with .Options}}{{.device}}{{else}}{{.Mountpoint}}{{end}}';
  return (await docker.run(['volume', 'inspect', '--format', place, `${project}_${volume}`])).trim();
}

/** The text of a file in a volume. */
export async function volumeFile(world: ContainerWorld, volume: string, file: string): Promise<string> {
  return readFile(join(await volumeFolder(world, volume), file), 'utf8');
}

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { SeenProcesses } from './seen-processes.ts';
import type { Unit } from './units.ts';
import type { ContainerWorld } from './world.ts';

/** Somewhere that others can read. */
export interface Place {
  readonly name: string;
  /** What prints all of it. */
  readonly show: readonly [string, ...string[]];
  /** A text that is surely there: a search that misses it has searched nothing. */
  readonly canary: string;
}

/** Everywhere that a secret must not turn up. `vault` is a copy of the whole vault. */
export async function placesOf(
  world: ContainerWorld,
  units: readonly Unit[],
  vault: string,
  { commands, environments }: SeenProcesses,
): Promise<readonly Place[]> {
  const images = ['agent', 'hub', 'local'].map((target) => `karmakadabra/${target}:${world.tag}`);
  const ids = units.map(({ Id }) => Id);
  const logs = await noteDown(world, 'logs', await Promise.all(ids.map((id) => logsOf(world, id))));
  return [
    { name: 'image layers', show: ['docker', 'save', ...images], canary: 'karmakadabra/v1' },
    ...images.map(
      (image): Place => ({
        name: `history of ${image}`,
        show: ['docker', 'history', '--no-trunc', image],
        canary: 'HEALTHCHECK',
      }),
    ),
    { name: 'inspection of images', show: ['docker', 'image', 'inspect', ...images], canary: 'KK_STATE=/state' },
    {
      name: 'inspection of containers',
      show: ['docker', 'inspect', ...ids],
      canary: 'KK_PREFIX=agents/kk-karma-hello/',
    },
    {
      name: 'arguments of processes',
      show: ['cat', await noteDown(world, 'commands', commands)],
      canary: 'swarm-ops.js',
    },
    {
      name: 'environment of processes',
      show: ['cat', await noteDown(world, 'environments', environments)],
      canary: 'KK_AGENT=kk-karma-hello',
    },
    { name: 'logs', show: ['cat', logs], canary: 'joined #karmakadabra' },
    {
      name: 'vault with its history',
      show: ['git', '-C', vault, 'cat-file', '--batch', '--batch-all-objects'],
      canary: 'kind: "trade-buyer"',
    },
  ];
}

/** How many lines of a place match each search of grep's. */
export async function count(
  world: ContainerWorld,
  place: Place,
  searches: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const [program, ...args] = place.show;
  const all = join(world.folder, 'searched');
  await execa(program, args, { env: { ...world.docker.environment }, stdout: { file: all }, buffer: false });
  try {
    return await Promise.all(searches.map((search) => countIn(all, search)));
  } finally {
    await rm(all);
  }
}

async function countIn(file: string, search: readonly string[]): Promise<number> {
  // Bytes, not letters: what is searched is binary, too.
  const env = { LC_ALL: 'C' };
  const { stdout, exitCode } = await execa('grep', ['--text', '--count', ...search, file], { env, reject: false });
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`the search of ${file} failed`);
  return Number(stdout);
}

async function logsOf(world: ContainerWorld, id: string): Promise<string> {
  const { all } = await execa('docker', ['logs', id], {
    env: { ...world.docker.environment },
    all: true,
    maxBuffer: 2 ** 28,
  });
  return all;
}

async function noteDown(world: ContainerWorld, name: string, texts: readonly string[]): Promise<string> {
  const file = join(world.folder, `${name}.txt`);
  await writeFile(file, texts.join('\n').replaceAll('\0', '\n'), { mode: 0o600 });
  return file;
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
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
): Promise<readonly Place[]> {
  const images = ['agent', 'hub', 'local'].map((target) => `karmakadabra/${target}:${world.tag}`);
  const ids = units.map(({ Id }) => Id);
  const logs = await noteDown(world, 'logs', await Promise.all(ids.map((id) => logsOf(world, id))));
  const { commands, environments } = await watchProcesses(units);
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

/** How many lines of a place match a search of grep's. */
export async function count(world: ContainerWorld, place: Place, search: readonly string[]): Promise<number> {
  const [program, ...args] = place.show;
  const { stdout, exitCode } = await execa(program, args, {
    env: { ...world.docker.environment },
    encoding: 'buffer',
    buffer: false,
    reject: false,
  }).pipe('grep', ['--text', '--count', ...search], { reject: false });
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`the search of ${place.name} failed`);
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

/** Looks many times at all processes of the containers: most of git's live for a moment. */
async function watchProcesses(
  units: readonly Unit[],
): Promise<{ readonly commands: string[]; readonly environments: string[] }> {
  const commands = new Set<string>();
  const environments = new Set<string>();
  for (let look = 0; look < 60; look++) {
    for (const pid of await processesOf(units)) {
      const [command, environment] = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      if (command !== undefined) commands.add(command);
      if (environment !== undefined) environments.add(environment);
    }
    await delay(250);
  }
  return { commands: [...commands], environments: [...environments] };
}

async function processesOf(units: readonly Unit[]): Promise<readonly string[]> {
  const found = await Promise.all(
    units
      .filter(({ State }) => State.Pid > 0)
      .map(async ({ State }) => {
        const groups = (await readFile(`/proc/${State.Pid}/cgroup`, 'utf8').catch(() => '')).split('\n');
        const line = groups.find((one) => /^\d+:pids:|^0::/.test(one)) ?? '';
        const root = line.startsWith('0::') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids';
        const text = await readFile(join(root, line.split(':')[2] ?? '', 'cgroup.procs'), 'utf8').catch(() => '');
        return text.split('\n').filter(Boolean);
      }),
  );
  return found.flat();
}

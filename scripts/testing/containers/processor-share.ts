import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A part of the processors for one engine, its containers and the program that drives them. */
export interface ProcessorShare {
  /** The control group below which containers are started. */
  readonly group: string;
  /** Takes this program out of it and removes it. */
  readonly close: () => Promise<void>;
}

const CGROUPS = '/sys/fs/cgroup';
/** The group beside the containers': this program and all that it starts, the engine above all. */
const DRIVER = 'driver';
/** Twenty times what a process has; of that, as much for the driver as for sixteen containers. Version 1 and version 2. */
const VERSIONS = [
  {
    root: join(CGROUPS, 'cpu'),
    mark: 'cpu.shares',
    line: /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:/,
    setting: 'cpu.shares',
    all: '20480',
    driver: '16384',
  },
  { root: CGROUPS, mark: 'cgroup.controllers', line: /^0::/, setting: 'cpu.weight', all: '2000', driver: '1600' },
] as const;

/**
 * Gives two dozen containers the processor share of as many processes: to the scheduler they are one group, which a machine
 * with other work starves. The engine that starts them is in it, too, or they would starve the engine.
 */
export async function openProcessorShare(group: string): Promise<ProcessorShare> {
  const leave = await enter(group);
  return {
    group,
    close: async () => {
      await leave();
      for (const hierarchy of await hierarchies()) {
        for (const path of [join(hierarchy, group, DRIVER), join(hierarchy, group)]) await rmdir(path).catch(ignored);
      }
    },
  };
}

/** Makes the groups, puts this program into its own, and gives what takes it back to where it was. */
async function enter(group: string): Promise<() => Promise<void>> {
  for (const { root, mark, line, setting, all, driver } of VERSIONS) {
    if (!(await exists(join(root, mark)))) continue;
    const own = join(root, group, DRIVER);
    await mkdir(own, { recursive: true });
    await writeFile(join(root, group, setting), all).catch(ignored);
    await writeFile(join(root, group, 'cgroup.subtree_control'), '+cpu').catch(ignored);
    await writeFile(join(own, setting), driver).catch(ignored);
    const home = join(root, groupIn(await readFile('/proc/self/cgroup', 'utf8'), line), 'cgroup.procs');
    await writeFile(join(own, 'cgroup.procs'), String(process.pid)).catch(ignored);
    return () => writeFile(home, String(process.pid)).catch(ignored);
  }
  return async () => undefined;
}

/** The group that a process is in where processors are shared out, from its own file of groups. */
function groupIn(text: string, line: RegExp): string {
  const found = text.split('\n').find((one) => line.test(one));
  return found?.split(':')[2] ?? '/';
}

/** The roots of all hierarchies of control groups: one of version 2, or one a controller of version 1. */
async function hierarchies(): Promise<readonly string[]> {
  const names = await readdir(CGROUPS).catch(() => []);
  return [CGROUPS, ...names.map((name) => join(CGROUPS, name))];
}

/** Ignores an error: without the groups the tests are only slower. */
function ignored(): void {}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

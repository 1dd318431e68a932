import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Unit } from './units.ts';

/** What Linux shows everybody of processes: their arguments and their environments, each once. */
export interface SeenProcesses {
  readonly commands: readonly string[];
  readonly environments: readonly string[];
}

const LOOKS = 60;
const EVERY_MS = 250;

/** Looks many times at all processes of the containers: most of git's live for a moment. */
export async function watchProcesses(units: readonly Unit[]): Promise<SeenProcesses> {
  const commands = new Set<string>();
  const environments = new Set<string>();
  const groups = await Promise.all(units.filter(({ State }) => State.Pid > 0).map(groupOf));
  for (let look = 0; look < LOOKS; look++) {
    for (const pid of (await Promise.all(groups.map(processesIn))).flat()) {
      const [command, environment] = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      if (command !== undefined) commands.add(command);
      if (environment !== undefined) environments.add(environment);
    }
    await delay(EVERY_MS);
  }
  return { commands: [...commands], environments: [...environments] };
}

/** The control group of a container, of version 1 or 2: it stays the same when the container is started again. */
async function groupOf({ State }: Unit): Promise<string> {
  const groups = (await readFile(`/proc/${State.Pid}/cgroup`, 'utf8').catch(() => '')).split('\n');
  const line = groups.find((one) => /^\d+:pids:|^0::/.test(one)) ?? '';
  const root = line.startsWith('0::') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids';
  return join(root, line.split(':')[2] ?? '', 'cgroup.procs');
}

async function processesIn(group: string): Promise<readonly string[]> {
  const text = await readFile(group, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Unit } from './units.ts';

/** What a container takes, in MiB: now, at most so far, and what it may. */
export interface MemoryUse {
  readonly service: string;
  readonly currentMib: number;
  readonly peakMib: number;
  readonly limitMib: number;
}

/** Reads the memory of a running container from its cgroup, of version 1 or 2. The files it read count until they are pushed out. */
export async function memoryOf(unit: Unit): Promise<MemoryUse> {
  const groups = (await readFile(`/proc/${unit.State.Pid}/cgroup`, 'utf8')).split('\n');
  const unified = groups.find((line) => line.startsWith('0::'))?.slice(3);
  const legacy = groups.find((line) => /^\d+:memory:/.test(line))?.split(':')[2];
  const folder = legacy === undefined ? join('/sys/fs/cgroup', unified ?? '') : join('/sys/fs/cgroup/memory', legacy);
  const names =
    legacy === undefined ? ['memory.current', 'memory.peak'] : ['memory.usage_in_bytes', 'memory.max_usage_in_bytes'];
  const [current = 0, peak = 0] = await Promise.all(
    names.map(async (name) => Number((await readFile(join(folder, name), 'utf8')).trim())),
  );
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return {
    service: unit.service,
    currentMib: mib(current),
    peakMib: mib(peak),
    limitMib: mib(unit.HostConfig.Memory),
  };
}

/** What it takes, on one line. */
export function formatUse({ service, currentMib, peakMib, limitMib }: MemoryUse): string {
  const pad = (mib: number): string => String(mib).padStart(4);
  return `${service.padEnd(20)} ${pad(currentMib)} MiB now, ${pad(peakMib)} at most, of ${limitMib}`;
}

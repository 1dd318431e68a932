import { readdir, readFile } from 'node:fs/promises';

/** A living process of this machine. */
export interface LiveProcess {
  readonly pid: number;
  /** Its command line, arguments separated by spaces. */
  readonly command: string;
}

/**
 * The living processes that have a text in their environment or on their command line: with a temp folder of its own a
 * program marks all its descendants, also those that left its process group. Linux only.
 */
export async function processesMarked(mark: string): Promise<readonly LiveProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => lookAt(pid, mark)));
  return found.filter((one) => one !== undefined);
}

/** Kills processes at once; those that are gone already don't matter. */
export function killAll(processes: readonly LiveProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}

async function lookAt(pid: number, mark: string): Promise<LiveProcess | undefined> {
  if (pid === process.pid) return undefined;
  try {
    const [environment, commandLine, status] = await Promise.all(
      ['environ', 'cmdline', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
    );
    // A process that has ended and was not yet collected is no longer one.
    if (/^State:\s+Z/m.test(status ?? '')) return undefined;
    const command = (commandLine ?? '').replaceAll('\0', ' ').trim();
    return environment?.includes(mark) || command.includes(mark) ? { pid, command } : undefined;
  } catch {
    return undefined;
  }
}

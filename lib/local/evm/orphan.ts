import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';

const pidFile = z.object({ pid: z.number().int().positive(), owner: z.number().int().positive() });

/** Writes down which process serves a state file, so that the next start can end it if this one is killed. */
export async function rememberProcess(stateFile: string, pid: number): Promise<void> {
  await writeFile(pidPath(stateFile), JSON.stringify({ pid, owner: process.pid }));
}

/** Removes that record after a normal end. */
export async function forgetProcess(stateFile: string): Promise<void> {
  await rm(pidPath(stateFile), { force: true });
}

/**
 * Ends an anvil that outlived the process that started it. It writes its state on the way out, so nothing is lost. An
 * unrelated process with the same id is not touched: it must be anvil with this state file.
 * @throws SwarmError `local/chain-in-use` when its owner still runs.
 */
export async function endOrphan(stateFile: string, log: (line: string) => void): Promise<void> {
  const text = await readFile(pidPath(stateFile), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { data } = pidFile.safeParse(parseJson(text));
  if (data !== undefined && (await serves(data.pid, stateFile))) {
    if (data.owner !== process.pid && (await parentOf(data.pid)) === data.owner) {
      throw new SwarmError({
        code: 'local/chain-in-use',
        disposition: 'stop',
        message: `The embedded chain of ${stateFile} is run by process ${data.owner}`,
        next: 'Stop that one first (swarm-ops stop), or choose another state folder.',
      });
    }
    log(`Ending the chain process ${data.pid} that outlived its swarm`);
    await endProcess(data.pid, () => serves(data.pid, stateFile));
  }
  await forgetProcess(stateFile);
}

/** Sends SIGTERM to a process, and SIGKILL after 1.5 s. */
async function endProcess(pid: number, isAlive: () => Promise<boolean>): Promise<void> {
  signal(pid, 'SIGTERM');
  const deadline = performance.now() + 1_500;
  while (await isAlive()) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

async function serves(pid: number, stateFile: string): Promise<boolean> {
  const command = await psField(pid, 'command');
  return command !== undefined && /\banvil\b/.test(command) && command.includes(stateFile);
}

async function parentOf(pid: number): Promise<number> {
  return Number(await psField(pid, 'ppid'));
}

/** One field of a process: from /proc where there is one, else from ps; undefined when there is no such process. */
async function psField(pid: number, field: 'command' | 'ppid'): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      // A zombie process serves nothing.
      if (/^State:\s+Z/m.test(status)) return undefined;
      if (field === 'ppid') return /^PPid:\s+(\d+)/m.exec(status)?.[1];
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    } catch {
      return undefined;
    }
  }
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

function pidPath(stateFile: string): string {
  return `${stateFile}.pid`;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type RunFile, readRunFile } from '../../lib/host/run-file.ts';
import { stateFolderAt } from '../../lib/host/state-folder.ts';
import { PATIENCE_MS } from './patience.ts';
import { killAll, type LiveProcess, processesMarked } from './processes.ts';
import { shared } from './shared.ts';

/** The repository's root. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that was started, alive or not. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly isOver: () => boolean;
  readonly stderr: () => string;
  /** Sends a signal to its whole process group, as a terminal does. */
  readonly signalGroup: (signal: NodeJS.Signals) => void;
}

/** A place for one swarm: a folder of its own, everything that is started in it, and the end of all of that. */
export interface SwarmBox {
  /** Holds the state folder and whatever else a test puts there. */
  readonly root: string;
  readonly stateDir: string;
  /** The entry file of the built swarm-ops. */
  readonly program: string;
  /** Starts `swarm-ops up` on the state folder. */
  readonly up: (...args: readonly string[]) => Started;
  /** Starts any program in this place. */
  readonly start: (command: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Started;
  /** Runs `swarm-ops <command> --state …` to its end. */
  readonly ops: (...args: readonly string[]) => Promise<Ended>;
  /** Resolves when the swarm says where it runs. @throws Error with its words when it ends before. */
  readonly running: (swarm: Started) => Promise<RunFile>;
  /** Everything that was started in this place and still lives. */
  readonly processes: () => Promise<readonly LiveProcess[]>;
  /** Resolves when all of that is gone. @throws Error naming what is left after the deadline. */
  readonly allGone: (withinMs: number) => Promise<void>;
  readonly cleanUp: () => Promise<void>;
}

const START_MS = PATIENCE_MS;

/** Makes a place for a swarm in the machine's temp folder. */
export async function makeSwarmBox(): Promise<SwarmBox> {
  const root = await mkdtemp(join(tmpdir(), 'kk-e2e-'));
  const stateDir = join(root, 'state');
  const ownTemp = join(root, 'tmp');
  await mkdir(ownTemp);
  const program = await shared('program');
  const processes = () => processesMarked(root);
  const start: SwarmBox['start'] = (command, args, env) =>
    startProgram(command, args, { ...process.env, TMPDIR: ownTemp, ...env });
  const swarmOps = (...args: readonly string[]) => start(process.execPath, [program, ...args, '--state', stateDir]);
  return {
    root,
    stateDir,
    program,
    start,
    ops: (...args) => swarmOps(...args).ended,
    up: (...args) => swarmOps('up', ...args),
    running: (swarm) =>
      eventually('the swarm runs', START_MS, async () => {
        if (swarm.isOver()) throw new Error(`the swarm ended before it ran:\n${swarm.stderr()}`);
        const found = await readRunFile(stateFolderAt(stateDir));
        return found?.isAlive ? found.run : undefined;
      }),
    processes,
    allGone: async (withinMs) => {
      let left: readonly LiveProcess[] = [];
      await eventually('every process is gone', withinMs, async () => {
        left = await processes();
        return left.length === 0 ? true : undefined;
      }).catch((cause: unknown) => {
        throw new Error(`still there after ${withinMs} ms:\n${left.map(({ command }) => command).join('\n')}`, {
          cause,
        });
      });
    },
    cleanUp: async () => {
      await eventually('what was started is killed', PATIENCE_MS, async () => {
        const left = await processes();
        killAll(left);
        return left.length === 0 ? true : undefined;
      });
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/**
 * Asks until there is an answer, and in between leaves the processors three times as long as asking took.
 * @throws Error naming what was awaited after the deadline, and whatever `look` throws.
 */
export async function eventually<Value>(
  what: string,
  withinMs: number,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  const end = performance.now() + withinMs;
  for (;;) {
    const began = performance.now();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(Math.max(50, 3 * (performance.now() - began)));
  }
}

function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(command, args, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || isOver(child)) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone.
    }
  };
  // A test run that breaks off takes its swarms with it; the orphaned chain is found by the next start or cleanUp.
  const killWithUs = (): void => signalGroup('SIGKILL');
  process.once('exit', killWithUs);
  const ended = once(child, 'close').then((): Ended => {
    process.off('exit', killWithUs);
    return { exitCode: child.exitCode, stdout: stdout(), stderr: stderr() };
  });
  return { pid: child.pid ?? -1, ended, isOver: () => isOver(child), stderr, signalGroup };
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => parts.push(text));
  return () => parts.join('');
}

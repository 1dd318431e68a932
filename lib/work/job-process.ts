import type { ChildProcess } from 'node:child_process';
import { SwarmError } from '../core/errors.ts';
import { errorOf, jobAnswer } from './job-answer.ts';
import { startChild, type ToldByChild, tellChild } from './job-child.ts';

/** The program of a process of jobs and its bounds. */
export interface JobProcessOptions {
  /** The path of the module that it runs, which calls `answerJobs`: TypeScript where this program runs from its sources. */
  readonly entry: string;
  /** The most memory for its objects, in MiB. */
  readonly maxHeapMib: number;
  /** The most time for one job, in milliseconds. */
  readonly timeoutMs: number;
  /** The process ends after this time without a job, in milliseconds, and the next job starts another one. */
  readonly idleMs: number;
}

/** Jobs in a process of their own, one at a time: a job that takes too much of anything ends that process and no other. */
export interface JobProcess {
  /**
   * Runs a job when those before it have ended, and returns its result. What crosses is cloned (`structuredClone`).
   * @throws the error of the job; SwarmError `work/out-of-bounds` when it takes more memory or time than a job gets,
   * `work/closed` after `close`, `work/no-process` when no process can be started.
   */
  readonly run: (job: object) => Promise<unknown>;
  /** Ends the process at once, also in the middle of a job; later jobs are refused. Safe to repeat. */
  readonly close: () => void;
}

/** How often a job is tried under which its process ends: another program may have ended it, or the system for want of memory. */
const MAX_TRIES = 2;

/** The most time for the start of a process, in milliseconds: it takes less than a second on a machine that is not busy. */
const START_MS = 120_000;

/** Creates a process of jobs. It is started by the first job, and keeps this process from ending only while a job runs. */
export function createJobProcess(options: JobProcessOptions): JobProcess {
  const { entry, maxHeapMib, timeoutMs, idleMs } = options;
  let child: ChildProcess | undefined;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  function end(): void {
    child?.kill('SIGKILL');
    child = undefined;
  }

  async function start(): Promise<ChildProcess> {
    const started = startChild(entry, maxHeapMib);
    child = started;
    const told = await tellChild(started, undefined, START_MS);
    if (told.type === 'message') return started;
    end();
    throw isClosed ? closed() : noProcess(told);
  }

  async function perform(job: object): Promise<unknown> {
    clearTimeout(idle);
    try {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (isClosed) throw closed();
        const told = await tellChild(child?.connected ? child : await start(), job, timeoutMs);
        if (told.type === 'message') return resultOf(told.message);
        end();
        if (isClosed) throw closed();
        if (told.type === 'late') throw outOfBounds(`takes more than ${timeoutMs / 1000} s`);
      }
      throw outOfBounds(`takes more than ${maxHeapMib} MiB of memory`);
    } finally {
      idle = setTimeout(end, idleMs).unref();
    }
  }

  return {
    run: (job) => {
      const result = last.then(() => perform(job));
      last = result.catch(() => undefined);
      return result;
    },
    close: () => {
      isClosed = true;
      clearTimeout(idle);
      end();
    },
  };
}

function resultOf(message: unknown): unknown {
  const answer = jobAnswer.parse(message);
  if (answer.status === 'failed') throw errorOf(answer.failure);
  return answer.value;
}

function outOfBounds(what: string): SwarmError {
  return new SwarmError({
    code: 'work/out-of-bounds',
    disposition: 'stop',
    message: `A job ${what}`,
    next: 'Leave out what it works on; other jobs continue.',
  });
}

function closed(): SwarmError {
  return new SwarmError({
    code: 'work/closed',
    disposition: 'wait',
    message: 'The job was not finished, because this program ends',
    next: 'Nothing: it is done again after the next start.',
  });
}

function noProcess(told: ToldByChild): SwarmError {
  return new SwarmError({
    code: 'work/no-process',
    disposition: 'wait',
    message: `No process can be started for work on goods of strangers: ${told.type === 'ended' ? told.how : 'it takes too long'}`,
    next: 'Check that the program is complete and the machine has memory and processes left; the work is tried again.',
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hubGitEnvironment, ignoreClosedPipe } from './git-run.ts';
import { ContentTooLarge } from './http-error.ts';

/** The git processes that serve requests on one repository. */
export interface GitChildren {
  /** Starts git with the repository as its last argument; with a hook it has a fourth file descriptor for the hook's request. */
  readonly start: (args: readonly string[], env: Readonly<Record<string, string>>, hasHook?: boolean) => ChildProcess;
  /** The number of running processes. */
  readonly running: () => number;
  /** Ends the running processes. */
  readonly stop: () => void;
}

const TIMEOUT_MS = 120_000;

/** Creates {@link GitChildren}; none runs yet. What git prints to stderr is logged. */
export function createGitChildren(repository: string, log: (line: string) => void): GitChildren {
  const children = new Set<ChildProcess>();

  function start(args: readonly string[], env: Readonly<Record<string, string>>, hasHook = false): ChildProcess {
    const child = spawn('git', [...args, repository], {
      env: hubGitEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe', ...(hasHook ? (['pipe'] as const) : [])],
    });
    children.add(child);
    ignoreClosedPipe(child);
    // At SIGTERM git removes its locks and the objects of an unfinished push.
    const timer = setTimeout(() => child.kill('SIGTERM'), TIMEOUT_MS);
    const done = () => {
      clearTimeout(timer);
      children.delete(child);
    };
    child.once('close', done).once('error', done);
    child.stderr?.on('data', (part: Buffer) => log(`git: ${part.toString().trim().slice(0, 300)}`));
    return child;
  }

  return {
    start,
    running: () => children.size,
    stop: () => {
      for (const child of children) child.kill('SIGTERM');
    },
  };
}

/** Pipes a body into git; if the body breaks off or is too long, git's input ends and git fails. */
export async function feed(body: Readable, child: ChildProcess): Promise<void> {
  if (child.stdin === null) return;
  try {
    await pipeline(body, child.stdin);
  } catch (error) {
    child.stdin.destroy();
    if (error instanceof ContentTooLarge) throw error;
  }
}

/** Pipes git's output to the client with backpressure; git also finishes when the client has disconnected. */
export async function drain(child: ChildProcess, response: ServerResponse): Promise<void> {
  if (child.stdout === null) return;
  try {
    await pipeline(child.stdout, response);
  } catch {
    child.stdout.resume();
  }
}

/** Resolves to git's exit code; null when it was killed or couldn't be started. */
export function closed(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('close', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
}

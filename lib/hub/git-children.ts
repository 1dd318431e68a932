import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hubGitEnvironment, ignoreClosedPipe } from './git-run.ts';
import { ContentTooLarge } from './http-error.ts';

/** The git processes that serve requests on one repository. */
export interface GitChildren {
  /** Starts git with the repository as its last argument; with a hook it has a fourth descriptor, for the hook's question. */
  readonly start: (args: readonly string[], env: Readonly<Record<string, string>>, hasHook?: boolean) => ChildProcess;
  /** How many run now. */
  readonly running: () => number;
  /** Ends those that still run. */
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

/** Sends a body into git; a body that breaks off or is too long ends git's input, and git says so and ends. */
export async function feed(body: Readable, child: ChildProcess): Promise<void> {
  if (child.stdin === null) return;
  try {
    await pipeline(body, child.stdin);
  } catch (error) {
    child.stdin.destroy();
    if (error instanceof ContentTooLarge) throw error;
  }
}

/** Sends what git prints to the client, no faster than it is taken; git runs to its end also when the client is gone. */
export async function drain(child: ChildProcess, response: ServerResponse): Promise<void> {
  if (child.stdout === null) return;
  try {
    await pipeline(child.stdout, response);
  } catch {
    child.stdout.resume();
  }
}

/** Resolves to the exit code of git once it has ended, null where it was killed or could not be started. */
export function closed(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('close', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { boundedGit, type GitBounds, hubGitEnvironment } from './git-run.ts';
import { watchRate } from './rate-watch.ts';

/** How git is started for a request. */
export interface GitStart {
  readonly bounds: GitBounds;
  readonly env?: Readonly<Record<string, string>>;
  /** A file descriptor that git reads its input from; none if absent. */
  readonly input?: number;
  /** Whether it has a fourth file descriptor for the hook's request. */
  readonly hasHook?: boolean;
}

/** The git processes that serve requests on one repository. */
export interface GitChildren {
  /** Starts git, within bounds, with the repository as its last argument. */
  readonly start: (args: readonly string[], options: GitStart) => ChildProcess;
  /** The number of running processes. */
  readonly running: () => number;
  /** Ends the running processes. */
  readonly stop: () => void;
}

/** Creates {@link GitChildren}; none runs yet. What git prints to stderr is logged. */
export function createGitChildren(repository: string, log: (line: string) => void): GitChildren {
  const children = new Set<ChildProcess>();

  function start(args: readonly string[], { bounds, env = {}, input, hasHook = false }: GitStart): ChildProcess {
    const [command, all] = boundedGit([...args, repository], bounds);
    const child = spawn(command, all, {
      env: hubGitEnvironment(env),
      stdio: [input ?? 'ignore', 'pipe', 'pipe', ...(hasHook ? (['pipe'] as const) : [])],
    });
    children.add(child);
    // At SIGTERM git removes its locks and the objects of an unfinished push.
    const timer = setTimeout(() => child.kill('SIGTERM'), HUB_BOUNDS.git.wallMs);
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

/**
 * Pipes git's output to the client with backpressure; the response isn't ended. A client that reads too slowly is cut off, and
 * `onSlow` called. Git also finishes when the client has disconnected.
 */
export async function drain(child: ChildProcess, response: ServerResponse, onSlow: () => void): Promise<void> {
  const { stdout } = child;
  if (stdout === null) return;
  let sent = 0;
  stdout.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  const stopWatching = watchRate({
    bytes: () => sent,
    isWaiting: () => response.writableNeedDrain,
    ...HUB_BOUNDS.rate,
    onSlow: () => {
      onSlow();
      response.destroy();
    },
  });
  try {
    await pipeline(stdout, response, { end: false });
  } catch {
    stdout.resume();
  } finally {
    stopWatching();
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

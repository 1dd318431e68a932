import { type ChildProcess, spawn } from 'node:child_process';
import { SwarmError } from '../core/errors.ts';

/** A git process without output for this long has hung and is ended. */
const SILENCE_MS = 60_000;
/** After this time it is ended although it prints. */
const LONGEST_MS = 900_000;
/** The time between asking the processes to end and killing them. */
const END_MS = 2_000;
/** How long the output is waited for when git itself has ended: a process that it started may hold the pipes for ever. */
const LINGER_MS = 2_000;
/** Git prints one line a file or a commit; more output than this is not read. */
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/** One git command: where it runs, what it reads and how long it may take. */
export interface GitCommand {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: Buffer | undefined;
  readonly silenceMs?: number | undefined;
  readonly longestMs?: number | undefined;
  /** Ends git when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Git ended with an error; the message is all that it printed. */
class GitFailed extends Error {
  override readonly name = 'GitFailed';
}

/**
 * Runs git with all processes that it starts in a group of their own, so that none outlives it, and returns its output.
 * Always settles: a group that hangs is ended, at last by SIGKILL, and one that can't be killed is not waited for.
 * @throws GitFailed when git ends with an error.
 * @throws SwarmError `vault/git-timeout` when it hung, `vault/git-ended` when a signal ended it.
 */
export function runGitChild(args: readonly string[], command: GitCommand): Promise<string> {
  const { folder, environment, input, silenceMs = SILENCE_MS, longestMs = LONGEST_MS, signal } = command;
  const name = args.find((arg) => !arg.startsWith('-')) ?? '';
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], {
      cwd: folder,
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    let bytes = 0;
    let failure: SwarmError | undefined;
    let isSettled = false;
    let timers: NodeJS.Timeout[] = [];

    const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString();
    const settle = (code: number | null, by: NodeJS.Signals | null) => {
      if (isSettled) return;
      isSettled = true;
      for (const timer of [...timers, silence, longest]) clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      if (failure !== undefined) reject(failure);
      else if (code === 0) resolve(text(output));
      else if (code === null) reject(ended(name, `was ended by ${by ?? 'a signal'}`));
      else reject(new GitFailed(`${text(errors)}${text(output)}`.trim() || `git ${name} ended with ${code}`));
    };
    const stop = (why: SwarmError) => {
      if (failure !== undefined || isSettled) return;
      failure = why;
      killGroup(child, 'SIGTERM');
      const kill = setTimeout(() => {
        killGroup(child, 'SIGKILL');
        // What hangs in the kernel can't be killed; the writer goes on without it.
        timers = [setTimeout(() => settle(null, 'SIGKILL'), END_MS)];
      }, END_MS);
      timers = [kill];
    };
    const take = (into: Buffer[]) => (part: Buffer) => {
      silence.refresh();
      bytes += part.length;
      if (bytes > MAX_OUTPUT_BYTES) stop(ended(name, `printed over ${MAX_OUTPUT_BYTES} bytes`));
      else into.push(part);
    };
    const onAbort = () => stop(ended(name, 'was ended because the vault is closing'));
    const silence = setTimeout(() => stop(timedOut(name, `printed nothing for ${silenceMs / 1000} s`)), silenceMs);
    const longest = setTimeout(() => stop(timedOut(name, `took over ${longestMs / 1000} s`)), longestMs);

    child.stdout.on('data', take(output));
    child.stderr.on('data', take(errors));
    // Git may end before it has read all of its input; its exit code tells the error.
    child.stdin.on('error', () => undefined);
    child.once('error', (cause) => {
      failure ??= ended(name, `could not be started: ${cause.message}`);
      settle(null, null);
    });
    child.once('close', settle);
    child.once('exit', (code, by) => {
      timers.push(
        setTimeout(() => {
          killGroup(child, 'SIGKILL');
          settle(code, by);
        }, LINGER_MS),
      );
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdin.end(input);
    if (signal?.aborted === true) onAbort();
  });
}

/** Whether git was ended before it had finished, so that it may have left locks. */
export function isCutShort(error: unknown): boolean {
  return error instanceof SwarmError && (error.code === 'vault/git-timeout' || error.code === 'vault/git-ended');
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // All of the group have ended.
  }
}

function timedOut(name: string, why: string): SwarmError {
  return new SwarmError({
    code: 'vault/git-timeout',
    disposition: 'retry',
    message: `git ${name} ${why} and was ended`,
    next: 'It is run again; if it hangs again, check the disk, the network and the load of the machine.',
  });
}

function ended(name: string, why: string): SwarmError {
  return new SwarmError({
    code: 'vault/git-ended',
    disposition: 'retry',
    message: `git ${name} ${why}`,
    next: 'It is run again; if the error stays, check memory, disk and processes of the machine.',
  });
}

import { spawn } from 'node:child_process';
import { gitEnvironment } from '../core/git-environment.ts';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';

/** The environment of the hub's git processes; it limits each allocation, whatever size a pack states. */
export function hubGitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...gitEnvironment(process.env), GIT_ALLOC_LIMIT: '128m', ...more };
}

/** What the kernel lets one git process use. */
export interface GitBounds {
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly processorSeconds: number;
}

/** The command that runs git within bounds; each git process that it starts has them, too. */
export function boundedGit(
  args: readonly string[],
  { memoryBytes, fileBytes, processorSeconds }: GitBounds,
): readonly [command: string, args: readonly string[]] {
  // POSIX: kibibytes of data, blocks of 512 bytes of a file, seconds.
  const limits = `ulimit -d ${memoryBytes / 1024} && ulimit -f ${fileBytes / 512} && ulimit -t ${processorSeconds}`;
  return ['/bin/sh', ['-c', `${limits} && exec git "$@"`, 'git', ...args]];
}

/** The options of a git command: repository, input, limits. */
export interface GitRun {
  readonly repository: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Takes the output part by part; it isn't kept then and may be of any size. */
  readonly onOutput?: (part: Buffer) => void;
  /** Whether it is the hub's own work, which the bounds for work on a push don't hold for. */
  readonly isOwnWork?: boolean;
  /** Ends git when it aborts. */
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs git and returns its output.
 * @throws Error when git fails, takes too long or prints too much; the message contains the first line of stderr.
 */
export function runGit(args: readonly string[], options: GitRun): Promise<Buffer> {
  const { repository, input = '', env = {}, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, onOutput, signal } = options;
  const [command, all] = options.isOwnWork === true ? (['git', args] as const) : boundedGit(args, HUB_BOUNDS.git.push);
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, {
      cwd: repository,
      env: hubGitEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const parts: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let failure: string | undefined;
    const end = (why: string) => {
      failure ??= why;
      child.kill('SIGTERM');
    };
    const timer = setTimeout(() => end(`took over ${timeoutMs} ms`), timeoutMs);
    const onAbort = () => end('was ended');
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (part: Buffer) => {
      if (onOutput !== undefined) return onOutput(part);
      size += part.length;
      if (size > maxBytes) end(`printed over ${maxBytes} bytes`);
      else parts.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      stderr = (stderr + part.toString()).slice(0, 500);
    });
    child.on('error', (error) => end(error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (code === 0 && failure === undefined) return resolve(Buffer.concat(parts, size));
      const why = failure ?? `ended with ${String(code)}: ${stderr.split('\n', 1)[0] ?? ''}`;
      reject(new Error(`git ${args[0] ?? ''} ${why}`));
    });
    // EPIPE: git may end before it has read all of its input; its exit code tells the error.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { gitEnvironment } from '../core/git-environment.ts';

/** The environment of the hub's git processes; it limits each allocation, whatever size a pack states. */
export function hubGitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...gitEnvironment(process.env), GIT_ALLOC_LIMIT: '128m', ...more };
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
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], {
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
    ignoreClosedPipe(child);
    child.stdin.end(input);
  });
}

/** Ignores EPIPE: git may end before it has read all of its input; its exit code tells the error. */
export function ignoreClosedPipe(child: ChildProcess): void {
  child.stdin?.on('error', () => undefined);
}

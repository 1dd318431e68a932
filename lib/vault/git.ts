import { type ChildProcess, spawn } from 'node:child_process';
import { type SimpleGit, simpleGit } from 'simple-git';
import { GIT_ENVIRONMENT_KEYS, GIT_UNSAFE_FLAGS, gitEnvironment } from '../core/git-environment.ts';

/** A git process without output for this long has hung and is killed. */
const SILENCE_MS = 120_000;

/** Git in one folder, isolated from the machine's configuration. */
export interface Git {
  readonly folder: string;
  /** Runs a command and returns its output. Rejects with simple-git's GitError. */
  readonly run: (args: readonly string[]) => Promise<string>;
  /** Starts a command whose input and output are streams. */
  readonly stream: (args: readonly string[]) => ChildProcess;
}

/** A signal that kills git's processes, and a configuration file used instead of the user's. */
export interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly configFile?: string | undefined;
}

/** Creates {@link Git}; running commands are killed when the signal aborts. */
export function createGit(folder: string, { signal, configFile }: GitOptions = {}): Git {
  const environment = gitEnvironment(process.env);
  if (configFile !== undefined) environment.GIT_CONFIG_GLOBAL = configFile;
  const git: SimpleGit = simpleGit({
    baseDir: folder,
    maxConcurrentProcesses: 4,
    allowEnvironment: GIT_ENVIRONMENT_KEYS,
    unsafe: GIT_UNSAFE_FLAGS,
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE_MS },
    ...(signal === undefined ? {} : { abort: signal }),
  });
  git.env({ ...environment });
  return {
    folder,
    run: async (args) => git.raw([...args]),
    stream: (args) => spawn('git', [...args], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] }),
  };
}

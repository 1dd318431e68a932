import { type ChildProcess, spawn } from 'node:child_process';
import { type SimpleGit, simpleGit } from 'simple-git';
import { GIT_ENVIRONMENT_KEYS, GIT_UNSAFE_FLAGS, gitEnvironment } from '../core/git-environment.ts';

/** How long a git process may stay silent before it is taken for hung. */
const SILENCE_MS = 120_000;

/** Git in one folder, isolated from the machine's configuration. */
export interface Git {
  readonly folder: string;
  /** Runs a command to its end and gives its output. Rejects with simple-git's GitError. */
  readonly run: (args: readonly string[]) => Promise<string>;
  /** Starts a command whose input and output are streams. */
  readonly stream: (args: readonly string[]) => ChildProcess;
}

/** What git is given besides its folder: what ends it, and a file of settings that stands for the user's own. */
export interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly configFile?: string | undefined;
}

/** Creates {@link Git}; what runs is ended when the signal aborts. */
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

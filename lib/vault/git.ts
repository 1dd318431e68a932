import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { gitEnvironment } from '../core/git-environment.ts';
import { isCutShort, runGitChild } from './git-child.ts';
import { removeLocksSince, removeNamedLock } from './stale-locks.ts';

/** The input of a command and its time limits, where they differ from those of all. */
export interface GitRunOptions {
  readonly input?: Buffer;
  readonly silenceMs?: number;
  readonly longestMs?: number;
  /** The index that the command uses instead of the folder's. */
  readonly indexFile?: string;
}

/** Git in one folder, isolated from the machine's configuration. */
export interface Git {
  readonly folder: string;
  /**
   * Runs a command and returns its output. Always settles, and leaves no lock when it is cut short.
   * @throws GitFailed, or SwarmError `vault/git-timeout` or `vault/git-ended`.
   */
  readonly run: (args: readonly string[], options?: GitRunOptions) => Promise<string>;
  /** Starts a command whose input and output are streams. */
  readonly stream: (args: readonly string[]) => ChildProcess;
}

/** A signal that kills git's processes, a configuration file used instead of the user's, and how long git may print nothing. */
export interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly configFile?: string | undefined;
  readonly silenceMs?: number | undefined;
  /** What {@link HOST_REMOTE} is. */
  readonly remoteUrl?: string | undefined;
  /** Whether the folder is a work tree, whatever its settings say. */
  readonly isWorkTree?: boolean;
}

/** The remote of the host: it stands in no configuration file, so that nobody who names other remotes in the folder moves it. */
export const HOST_REMOTE = 'karmakadabra';
/** The newest commit of the remote's branch main that was fetched or pushed. */
export const TRACKING = 'refs/remotes/origin/main';

/**
 * What a person's settings in the folder don't change for the host: no hook, monitor or signing program of theirs runs, nothing is
 * converted, and what git prints stays what is parsed.
 */
const FORCED: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.autocrlf': 'false',
  'core.safecrlf': 'false',
  'core.splitIndex': 'false',
  'core.excludesFile': '/dev/null',
  'core.attributesFile': '/dev/null',
  'core.logAllRefUpdates': 'false',
  'commit.gpgSign': 'false',
  'push.gpgSign': 'false',
  'push.followTags': 'false',
  'log.showSignature': 'false',
  'log.showRoot': 'true',
  'color.ui': 'false',
};

/** Creates {@link Git}; running commands are killed when the signal aborts. */
export function createGit(
  folder: string,
  { signal, configFile, silenceMs, remoteUrl, isWorkTree }: GitOptions = {},
): Git {
  const environment = { ...gitEnvironment(process.env), ...settingsOf({ ...FORCED, ...remoteSettings(remoteUrl) }) };
  if (isWorkTree === true) environment.GIT_WORK_TREE = folder;
  if (configFile !== undefined) environment.GIT_CONFIG_GLOBAL = configFile;
  const gitDir = path.join(folder, '.git');

  return {
    folder,
    run: async (args, options = {}) => {
      const startedMs = Date.now();
      try {
        const { indexFile, ...bounds } = options;
        const env = indexFile === undefined ? environment : { ...environment, GIT_INDEX_FILE: indexFile };
        return await runGitChild(args, { folder, environment: env, signal, silenceMs, ...bounds });
      } catch (error) {
        if (isCutShort(error)) await removeLocksSince(gitDir, startedMs);
        else if (error instanceof Error) await removeNamedLock(gitDir, error.message);
        throw error;
      }
    },
    stream: (args) => spawn('git', [...args], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] }),
  };
}

function remoteSettings(url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  return { [`remote.${HOST_REMOTE}.url`]: url, [`remote.${HOST_REMOTE}.fetch`]: `+refs/heads/main:${TRACKING}` };
}

function settingsOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length / 2), ...Object.fromEntries(entries) };
}

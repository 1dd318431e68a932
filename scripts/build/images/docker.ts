import { execa } from 'execa';
import { SwarmError } from '../../../lib/core/errors.ts';

/** An engine to build and run with: the one that the environment names, or the one at a socket. */
export interface Docker {
  /** What its programs need in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs `docker …` and gives what it prints. @throws SwarmError `containers/docker-failed` */
  readonly run: (args: readonly string[], options?: DockerCall) => Promise<string>;
}

/** Options of one call. */
export interface DockerCall {
  /** Shows what it prints as it prints it. */
  readonly isShown?: boolean;
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 120_000;

/** The engine that Docker's client finds by itself, or the one at `host`, as in `unix:///run/docker.sock`. */
export function dockerAt(host?: string): Docker {
  const environment = host === undefined ? {} : { DOCKER_HOST: host };
  return {
    environment,
    run: async (args, { isShown = false, timeoutMs = TIMEOUT_MS, environment: more = {} } = {}) => {
      const { stdout, stderr, failed } = await execa('docker', args, {
        env: { ...environment, ...more },
        stdin: 'ignore',
        stdout: isShown ? ['pipe', 'inherit'] : 'pipe',
        stderr: isShown ? ['pipe', 'inherit'] : 'pipe',
        reject: false,
        timeout: timeoutMs,
        maxBuffer: 512 * 2 ** 20,
      });
      if (!failed) return stdout;
      throw new SwarmError({
        code: 'containers/docker-failed',
        disposition: 'stop',
        message: `docker ${args[0] ?? ''} failed: ${stderr.trim().split('\n').slice(-3).join(' / ') || 'it took too long'}`,
        next: 'See what it printed; docker info says whether the engine runs.',
      });
    },
  };
}

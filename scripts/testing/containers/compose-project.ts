import { execa } from 'execa';
import { projectPath } from '../../../lib/files/project.ts';
import type { Docker } from '../../build/images/docker.ts';

/** One compose project of docker/compose.yaml. */
export interface Compose {
  /** Runs `docker compose …` and gives what it prints. @throws when it fails. */
  readonly run: (args: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<string>;
}

/** The command that starts compose on this machine: version 2, version 1.29 or later, or undefined where neither is installed. */
export async function findCompose(): Promise<readonly string[] | undefined> {
  for (const words of [['docker', 'compose'], ['docker-compose']]) {
    const [program = '', ...args] = words;
    const { failed, stdout } = await execa(program, [...args, 'version', '--short'], {
      reject: false,
      stdin: 'ignore',
    });
    if (!failed && /^v?(?:1\.29|[2-9])/.test(stdout.trim())) return words;
  }
  return undefined;
}

/** A project by its name, with what overrides the file for it. */
export function composeProject(
  docker: Docker,
  words: readonly string[],
  project: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Compose {
  const [program = '', ...first] = words;
  const named = [projectPath('docker/compose.yaml'), ...files].flatMap((file) => ['-f', file]);
  return {
    run: async (args, { timeoutMs = 300_000 } = {}) => {
      const { stdout } = await execa(program, [...first, '-p', project, ...named, ...args], {
        env: { ...docker.environment, ...environment, COMPOSE_HTTP_TIMEOUT: '300' },
        stdin: 'ignore',
        timeout: timeoutMs,
        maxBuffer: 256 * 2 ** 20,
      });
      return stdout;
    },
  };
}

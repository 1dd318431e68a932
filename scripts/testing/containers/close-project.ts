import { formatError } from '../../../lib/core/errors.ts';
import type { Docker } from '../../build/images/docker.ts';

/** Removes all containers, networks and volumes of a compose project, whether or not compose knows of them. */
export async function closeProject(docker: Docker, project: string, log: (line: string) => void): Promise<void> {
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const steps = [
    { list: ['ps', '--all', '--quiet', ...filter], remove: ['rm', '--force', '--volumes'] },
    { list: ['network', 'ls', '--quiet', ...filter], remove: ['network', 'rm'] },
    { list: ['volume', 'ls', '--quiet', ...filter], remove: ['volume', 'rm', '--force'] },
  ];
  for (const { list, remove } of steps) {
    try {
      const ids = (await docker.run(list)).split('\n').filter(Boolean);
      if (ids.length > 0) await docker.run([...remove, ...ids], { timeoutMs: 300_000 });
    } catch (error) {
      log(`during cleanup: ${formatError(error)}`);
    }
  }
}

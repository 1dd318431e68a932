import { execa } from 'execa';
import { SwarmError } from '../core/errors.ts';

const MIN_GIT = [2, 34] as const;

/**
 * Checks that git is installed and new enough. (Node's version is checked before any TypeScript is loaded.)
 * @throws SwarmError `swarm/old-git`
 */
export async function checkTools(): Promise<void> {
  const { stdout, failed } = await execa('git', ['--version'], { reject: false, timeout: 10_000 });
  const match = failed ? null : /(\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (major > MIN_GIT[0] || (major === MIN_GIT[0] && minor >= MIN_GIT[1])) return;
  const found = match === null ? 'git was not found' : `this is git ${match[0]}`;
  throw new SwarmError({
    code: 'swarm/old-git',
    disposition: 'stop',
    message: `The vault needs git ${MIN_GIT.join('.')} or newer; ${found}`,
    next: 'Install a newer git and start again.',
  });
}

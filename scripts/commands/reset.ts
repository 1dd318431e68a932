import { rm } from 'node:fs/promises';
import { SwarmError } from '../../lib/core/errors.ts';
import { isStateFolder, stateFolderAt } from '../../lib/host/state-folder.ts';
import { confirm } from '../terminal/confirm.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { stopProcess } from './stop.ts';

/**
 * Stops a swarm and removes its state folder with everything in it, after asking at the terminal. Accepts state folders of other
 * versions, but no other folders.
 * @returns 1 when the answer is no.
 * @throws SwarmError `swarm/no-state`, `swarm/not-confirmed` where there is no terminal, and what `stop` throws.
 */
export async function reset(options: {
  readonly state: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}): Promise<number> {
  const folder = stateFolderAt(options.state);
  if (!(await isStateFolder(folder))) {
    throw new SwarmError({
      code: 'swarm/no-state',
      disposition: 'stop',
      message: `There is no swarm's state in ${folder.dir}`,
      next: 'Name its folder with --state. Nothing was removed.',
    });
  }
  const question = `Remove ${folder.dir} with its vault, chain, keys and goods for good?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was removed.' }))) return 1;
  await stopProcess(folder);
  await rm(folder.dir, { recursive: true, force: true });
  if (options.json) printJson('Status', [{ name: 'swarm', status: 'removed', state: folder.dir }]);
  else printLine(`Removed ${folder.dir}.`);
  return 0;
}

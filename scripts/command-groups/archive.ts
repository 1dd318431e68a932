import type { Command } from 'commander';
import type { archiveList, archiveRestore, archiveShow } from '../commands/archive.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `archive list|show|restore`: what is over and was moved out of the vault's main branch. */
export function addArchive(program: Command, run: RunCommand, defaultState: string): void {
  const archive = program.command('archive').description('what is over and was moved out of the vault’s main branch');
  const add = (name: string, description: string): Command =>
    archive
      .command(name)
      .description(description)
      .option('--state <dir>', 'the state folder of the swarm', defaultState)
      .option('--repository <dir>', 'the vault’s repository instead, as on the hub')
      .option('--json', 'print one JSON object');

  add('list', 'list the archived periods').action(
    run(async (...args: Parameters<typeof archiveList>) =>
      (await import('../commands/archive.ts')).archiveList(...args),
    ),
  );
  add('show', 'list the trades of a period, or show the notes of an archived trade')
    .argument('<what>', 'a period as 2026-11, or a trade id or at least 8 of its digits')
    .action(
      run(async (...args: Parameters<typeof archiveShow>) =>
        (await import('../commands/archive.ts')).archiveShow(...args),
      ),
    );
  add('restore', 'write the notes of a period to a folder, or put them back into the vault')
    .argument('<period>', 'a period as 2026-11')
    .option('--into <dir>', 'write them to a new folder, and change nothing else')
    .addHelpText(
      'after',
      `
Examples:
  swarm-ops archive restore 2026-11 --into /tmp/november     to read them
  swarm-ops archive restore 2026-11                          undoes the archive, until the next period ends`,
    )
    .action(
      run(async (...args: Parameters<typeof archiveRestore>) =>
        (await import('../commands/archive.ts')).archiveRestore(...args),
      ),
    );
}

import type { Command } from 'commander';
import type { backup } from '../commands/backup.ts';
import type { backupShow } from '../commands/backup-show.ts';
import type { restore } from '../commands/restore.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `backup`, `backup show` and `restore`. */
export function addBackup(program: Command, run: RunCommand, defaultState: string): void {
  const opening = (command: Command): Command =>
    command
      .option('--identity <file>', 'file with the age identity that opens it, as age-keygen writes it')
      .option('--passphrase-fd <n>', 'read the passphrase from this file descriptor instead of asking')
      .option('--json', 'print one JSON object');

  const made = program
    .command('backup')
    .enablePositionalOptions()
    .description('write a swarm, running or stopped, into one file, with all its keys')
    .argument('<file>', 'the file to write; - for standard output')
    .option('--state <dir>', 'the state folder of the swarm', defaultState)
    .option('--hub <dir>', 'the folder of a hub instead (its KK_STATE)')
    .option('--accounts <file>', 'the hub’s accounts (default: the file that KK_SECRET_FILE names)')
    .option('--recipient <age1…>', 'encrypt it to this age public key; may be given several times', collect)
    .option('--passphrase', 'encrypt it with a passphrase, which is asked for')
    .option('--passphrase-fd <n>', 'encrypt it with a passphrase, read from this file descriptor')
    .option('--force', 'replace the file if it exists')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  swarm-ops backup ~/backups/swarm.kkb --recipient age1…
  swarm-ops backup show ~/backups/swarm.kkb --identity ~/age-key.txt
  swarm-ops restore ~/backups/swarm.kkb --identity ~/age-key.txt`,
    )
    .action(run(async (...args: Parameters<typeof backup>) => (await import('../commands/backup.ts')).backup(...args)));

  opening(
    made
      .command('show')
      .description('check every file of a backup, and show what it is of')
      .argument('<file>', 'the backup'),
  ).action(
    run(async (...args: Parameters<typeof backupShow>) =>
      (await import('../commands/backup-show.ts')).backupShow(...args),
    ),
  );

  opening(
    program
      .command('restore')
      .description('restore a swarm from a backup, into a folder that is absent or empty')
      .argument('<file>', 'the backup')
      .option('--state <dir>', 'the state folder of the swarm', defaultState)
      .option('--hub <dir>', 'the folder of a hub instead (its KK_STATE)')
      .option('--force', 'move the folder that is there aside'),
  ).action(
    run(async (...args: Parameters<typeof restore>) => (await import('../commands/restore.ts')).restore(...args)),
  );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

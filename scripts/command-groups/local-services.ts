import type { Command } from 'commander';
import type { localSetup } from '../commands/local-setup.ts';
import type { RunCommand } from '../terminal/run-command.ts';

const GROUP = 'Inside containers:';

/** Adds the commands of the containers that replace Base and Amazon S3 on one machine. Only docker/compose.yaml runs them. */
export function addLocalServices(program: Command, run: RunCommand): void {
  program
    .command('local-chain')
    .helpGroup(GROUP)
    .description('serve an embedded chain')
    .action(run(async () => (await import('../commands/local-chain.ts')).localChain()));
  program
    .command('local-objects')
    .helpGroup(GROUP)
    .description('serve an object store, and the sample of chat logs')
    .action(run(async () => (await import('../commands/local-objects.ts')).localObjects()));
  program
    .command('local-setup')
    .helpGroup(GROUP)
    .description('create secrets, contracts and the bucket')
    .option(
      '--show <what>',
      'only print credentials: person (account and password), ca (the hub’s certificate) or operator-key (the private key that signs for all agents)',
    )
    .action(
      run(async (...args: Parameters<typeof localSetup>) =>
        (await import('../commands/local-setup.ts')).localSetup(...args),
      ),
    );
}

import type { Command } from 'commander';
import type { configSet } from '../commands/config-set.ts';
import type { configShow } from '../commands/config-show.ts';
import type { quarantine } from '../commands/quarantine.ts';
import { addOrderOptions } from '../terminal/add-order-options.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `config show|set` and `quarantine`: the signed notes that all agents obey. */
export function addOrders(program: Command, run: RunCommand, defaultState: string): void {
  const config = program
    .command('config')
    .description('what every program that trades in the swarm must meet, signed by an operator');

  config
    .command('show')
    .description('show what agents obey, who signed it, and what isn’t obeyed')
    .option('--state <dir>', 'the state folder of the swarm', defaultState)
    .option('--json', 'print one JSON object')
    .action(
      run(async (...args: Parameters<typeof configShow>) =>
        (await import('../commands/config-show.ts')).configShow(...args),
      ),
    );

  addOrderOptions(
    config
      .command('set')
      .description('sign a requirement: minVersion (as in 0.2.0; "" for none) or protocol')
      .argument('<field>', 'minVersion or protocol')
      .argument('<value>', 'its new value'),
    defaultState,
  )
    .addHelpText(
      'after',
      `
Examples:
  swarm-ops config set minVersion 0.2.0
  swarm-ops config set minVersion 0.2.0 --vault ~/vault --swarm eip155:…/0x… --key ~/.ssh/id_ed25519`,
    )
    .action(
      run(async (...args: Parameters<typeof configSet>) =>
        (await import('../commands/config-set.ts')).configSet(...args),
      ),
    );

  addOrderOptions(
    program
      .command('quarantine')
      .description('shut an agent out for 24 hours, and let it in again; without an agent: list who is shut out')
      .argument('[agent]', 'the name of the agent'),
    defaultState,
  )
    .option('--reason <text>', 'why, for everybody to read')
    .option('--confirm', 'confirm another operator’s quarantine: it holds until it is released')
    .option('--release', 'end it')
    .option('--json', 'print the list as one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  swarm-ops quarantine kk-karma-hello --reason "its key was stolen"
  swarm-ops quarantine kk-karma-hello --confirm --vault ~/vault --swarm eip155:…/0x… --key ~/.ssh/id_ed25519.pub
  swarm-ops quarantine kk-karma-hello --release`,
    )
    .action(
      run(async (...args: Parameters<typeof quarantine>) =>
        (await import('../commands/quarantine.ts')).quarantine(...args),
      ),
    );
}

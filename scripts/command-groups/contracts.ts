import type { Command } from 'commander';
import { publicChains } from '../../lib/core/chains.ts';
import { projectPath } from '../../lib/files/project.ts';
import type { contractsDeploy } from '../commands/contracts-deploy.ts';
import type { contractsVerify } from '../commands/contracts-verify.ts';
import type { fund } from '../commands/fund.ts';
import { withMnemonic } from '../terminal/mnemonic-options.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `contracts deploy|verify` and `fund`, each loaded when it is run. */
export function addContracts(program: Command, run: RunCommand): void {
  const contracts = program.command('contracts').description('the escrow on Base, Base Sepolia or another chain');

  withMnemonic(
    onChain(contracts.command('deploy').description('deploy the escrow from the treasury’s wallet, or find it')),
  )
    .option('--deployment <file>', 'file for its record (default: infra/deployments/<chain>.json)')
    .option('--from-block <n>', 'block of an earlier deployment, if the node keeps no history')
    .option('--dry-run', 'only show what it would cost')
    .option('--yes', 'do not ask')
    .action(
      run(async (...args: Parameters<typeof contractsDeploy>) =>
        (await import('../commands/contracts-deploy.ts')).contractsDeploy(...args),
      ),
    );

  onChain(contracts.command('verify').description('compare the deployed escrow with this project’s artifact'))
    .option('--deployment <file>', 'file of its record (default: infra/deployments/<chain>.json)')
    .action(
      run(async (...args: Parameters<typeof contractsVerify>) =>
        (await import('../commands/contracts-verify.ts')).contractsVerify(...args),
      ),
    );

  withMnemonic(onChain(program.command('fund').description('give agents ETH for gas and their USDC from the treasury')))
    .option('--agents <dir>', 'the folder of agent folders', projectPath('agents'))
    .option('--days <n>', 'number of days that the treasury should pay for', '7')
    .option(
      '--backlog-days <n>',
      'also give system agents their start money, for this many days of chat (0: only the reserve and a day of other ' +
        'inputs); without it the running treasury gives the start money, and the plan assumes 30 days',
    )
    .option('--gas-only', 'send ETH for gas only, no USDC')
    .option('--treasury <address>', 'with --dry-run: the treasury’s address instead of the mnemonic')
    .option('--dry-run', 'only show what would be sent')
    .option('--yes', 'do not ask')
    .action(run(async (...args: Parameters<typeof fund>) => (await import('../commands/fund.ts')).fund(...args)));
}

function onChain(command: Command): Command {
  return command
    .requiredOption(
      '--chain <chain>',
      `${publicChains()
        .map(({ name }) => name)
        .join(', ')}, or a file that describes a chain`,
    )
    .option('--json', 'print one JSON object');
}

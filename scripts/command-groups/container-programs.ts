import type { Command } from 'commander';
import type { beatCheck } from '../commands/beat-check.ts';
import type { RunCommand } from '../terminal/run-command.ts';

const GROUP = 'Inside containers:';

/** Adds the programs that run inside containers. Each is loaded when it is run, to save memory. */
export function addContainerPrograms(program: Command, run: RunCommand): void {
  program
    .command('agent')
    .helpGroup(GROUP)
    .description('run one agent, configured by the environment (KK_*)')
    .action(run(async () => (await import('../commands/agent.ts')).agent()));
  program
    .command('steward')
    .helpGroup(GROUP)
    .description('run treasury, health checks and housekeeping for agents in other containers')
    .action(run(async () => (await import('../commands/steward.ts')).steward()));
  program
    .command('beat-check')
    .helpGroup(GROUP)
    .description('the health check of an agent or the steward; exit code 0 healthy, 1 not')
    .option('--state <dir>', 'its state folder (default: KK_STATE, else /state)')
    .action(
      run(async (...args: Parameters<typeof beatCheck>) =>
        (await import('../commands/beat-check.ts')).beatCheck(...args),
      ),
    );
}

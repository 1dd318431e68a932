import type { Command } from 'commander';
import { projectPath } from '../../lib/files/project.ts';
import type { cost } from '../commands/cost.ts';
import type { deploy } from '../commands/deploy.ts';
import type { fleet } from '../commands/fleet.ts';
import type { logs } from '../commands/logs.ts';
import type { restart } from '../commands/restart.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Where rolls are recorded. */
const DEFAULT_STATE = '.karmakadabra-fleet';

/** Adds the operator's commands. Each is loaded when it is run, because the AWS SDK is slow to load. */
export function addFleet(program: Command, run: RunCommand): void {
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .helpGroup('The fleet on AWS:')
      .description(description)
      .option('--agents <dir>', 'the folder of agent folders', projectPath('agents'))
      .option('--json', 'print JSON');
  const withFleet = (command: Command): Command =>
    command
      .option('--inventory <file>', 'a file with the output of terraform output -json (default: that of this folder)')
      .option('--stack <name>', 'find the fleet of this name through AWS, without an inventory')
      .option('--region <name>', 'the AWS region')
      .option('--endpoint <url>', 'another endpoint of AWS');
  const withState = (command: Command): Command =>
    command.option('--state <dir>', 'where rolls are recorded', DEFAULT_STATE);
  const withWait = (command: Command): Command =>
    command
      .option('--batch <n>', 'how many units to change at a time', '3')
      .option('--wait-seconds <n>', 'how long to wait for each unit to be healthy', '420')
      .option('--poll-seconds <n>', 'interval between two checks', '5')
      .option('--yes', 'do not ask');

  add('cost', 'estimate what the fleet costs a month, for both placements and several instance types')
    .option('--config <file>', 'the fleet’s configuration (default: infra/fleet.yaml, else the example)')
    .option('--prices <file>', 'another price table (default: infra/prices.json)')
    .action(run(async (...args: Parameters<typeof cost>) => (await import('../commands/cost.ts')).cost(...args)));

  withState(
    withFleet(
      add(
        'fleet',
        'show machines, images, versions and drift; exit code 0 healthy, 1 degraded, 3 a part can’t be reached',
      ),
    ),
  )
    .option('--vault <repository>', 'a clone of the vault, or its address: also compare the versions that agents state')
    .action(run(async (...args: Parameters<typeof fleet>) => (await import('../commands/fleet.ts')).fleet(...args)));

  withWait(
    withState(
      withFleet(add('deploy', 'roll an image through the fleet, a few units at a time; rolls back if one fails')),
    ),
  )
    .argument('[agent...]', 'only these agents')
    .option('--image <tag|digest>', 'the image to run (default: the configured one)')
    .option('--hub', 'roll the hub instead of the agents')
    .option('--resume', 'continue an interrupted roll')
    .option('--back', 'undo the last roll')
    .option('--forget', 'delete the record of the last roll; changes nothing in the fleet')
    .option('--dry-run', 'only show what would be done')
    .addHelpText(
      'after',
      '\nMachines, roles and networks are infrastructure: npx cdktf diff shows what would change, npx cdktf deploy does it.',
    )
    .action(run(async (...args: Parameters<typeof deploy>) => (await import('../commands/deploy.ts')).deploy(...args)));

  withWait(withFleet(add('restart', 'restart agents, a few at a time, and wait until they are healthy')))
    .argument('[agent...]', 'names of agents, or hub')
    .option('--all', 'all agents')
    .action(
      run(async (...args: Parameters<typeof restart>) => (await import('../commands/restart.ts')).restart(...args)),
    );

  withFleet(add('logs', 'show the logs of agents, merged by time'))
    .argument('[agent...]', 'names of agents, or hub (default: all)')
    .option('--follow', 'continue with new lines until Ctrl-C')
    .option('--since <span>', 'how far back to start, as in 30m, 2h, 7d', '1h')
    .option('--grep <text>', 'only lines with this text; upper and lower case are equal')
    .option('--poll-seconds <n>', 'with --follow: interval between two reads', '5')
    .action(run(async (...args: Parameters<typeof logs>) => (await import('../commands/logs.ts')).logs(...args)));
}

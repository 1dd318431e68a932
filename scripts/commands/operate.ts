import type { Command } from 'commander';
import { projectPath } from '../../lib/files/project.ts';
import type { RunCommand } from '../terminal/run-command.ts';
import type { cost } from './cost.ts';
import type { deploy } from './deploy.ts';
import type { fleet } from './fleet.ts';
import type { logs } from './logs.ts';
import type { restart } from './restart.ts';

/** Where rolls are recorded. */
const DEFAULT_STATE = '.karmakadabra-fleet';

/** Adds the commands of those who run the fleet. What each needs is loaded when it is run: the AWS SDK takes its time. */
export function addOperate(program: Command, run: RunCommand): void {
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .helpGroup('The fleet on AWS:')
      .description(description)
      .option('--agents <dir>', 'the folder of agent folders', projectPath('agents'))
      .option('--json', 'print JSON');
  const withFleet = (command: Command): Command =>
    command
      .option('--inventory <file>', 'the output of terraform output -json; that of this folder if absent')
      .option('--stack <name>', 'find the fleet of this name through AWS, without an inventory')
      .option('--region <name>', 'the AWS region')
      .option('--endpoint <url>', 'another endpoint of AWS');
  const withState = (command: Command): Command =>
    command.option('--state <dir>', 'where rolls are recorded', DEFAULT_STATE);
  const withWait = (command: Command): Command =>
    command
      .option('--batch <n>', 'how many at a time', '3')
      .option('--wait-seconds <n>', 'how long each may take to be healthy', '420')
      .option('--poll-seconds <n>', 'how often to look', '5')
      .option('--yes', 'do not ask');

  add('cost', 'estimate what the fleet costs a month, for both placements and several instance types')
    .option('--config <file>', 'the fleet’s configuration; infra/fleet.yaml, or the example where there is none')
    .option('--prices <file>', 'another price table, as infra/prices.json')
    .action(run(async (...args: Parameters<typeof cost>) => (await import('./cost.ts')).cost(...args)));

  withState(
    withFleet(add('fleet', 'show machines, images, versions and drift; exit code 0 fine, 1 not, 3 out of reach')),
  )
    .option('--vault <repository>', 'a clone of the vault, or its address: the version each agent states')
    .action(run(async (...args: Parameters<typeof fleet>) => (await import('./fleet.ts')).fleet(...args)));

  withWait(withState(withFleet(add('deploy', 'roll an image through the fleet, a few at a time; back on failure'))))
    .argument('[agent...]', 'only these')
    .option('--image <tag|digest>', 'what to run; what the configuration names if absent')
    .option('--hub', 'roll the hub instead of the agents')
    .option('--resume', 'go on with an interrupted roll')
    .option('--back', 'undo the last roll')
    .option('--forget', 'drop the record of the last roll; changes nothing in the fleet')
    .option('--dry-run', 'only show what would be done')
    .addHelpText(
      'after',
      '\nMachines, roles and networks are infrastructure: npx cdktf diff shows what would change, npx cdktf deploy does it.',
    )
    .action(run(async (...args: Parameters<typeof deploy>) => (await import('./deploy.ts')).deploy(...args)));

  withWait(withFleet(add('restart', 'restart agents, a few at a time, and wait until they are healthy')))
    .argument('[agent...]', 'which; hub is one too')
    .option('--all', 'all agents')
    .action(run(async (...args: Parameters<typeof restart>) => (await import('./restart.ts')).restart(...args)));

  withFleet(add('logs', 'show the logs of agents, merged by time'))
    .argument('[agent...]', 'which; all and the hub if absent')
    .option('--follow', 'go on until Ctrl-C')
    .option('--since <span>', 'from when on, as in 30m, 2h, 7d', '1h')
    .option('--grep <text>', 'only lines with this text, in whatever case')
    .option('--poll-seconds <n>', 'with --follow: how often to look', '5')
    .action(run(async (...args: Parameters<typeof logs>) => (await import('./logs.ts')).logs(...args)));
}

import { Command } from 'commander';
import { addArchive } from './command-groups/archive.ts';
import { addBackup } from './command-groups/backup.ts';
import { addContainerPrograms } from './command-groups/container-programs.ts';
import { addContracts } from './command-groups/contracts.ts';
import { addFleet } from './command-groups/fleet.ts';
import { addHub } from './command-groups/hub.ts';
import { addKeys } from './command-groups/keys.ts';
import { addLocalServices } from './command-groups/local-services.ts';
import { addOrders } from './command-groups/orders.ts';
import type { corpusCheck } from './commands/corpus-check.ts';
import type { health } from './commands/health.ts';
import type { ircCheck } from './commands/irc-check.ts';
import type { open } from './commands/open.ts';
import type { reset } from './commands/reset.ts';
import type { status } from './commands/status.ts';
import type { stop } from './commands/stop.ts';
import type { trades } from './commands/trades.ts';
import type { up } from './commands/up.ts';
import type { RunCommand } from './terminal/run-command.ts';

/**
 * Creates the program `swarm-ops` with all its commands, none of which is loaded before it is run.
 * @param run wraps a command into an action for commander.
 * @param defaultState the state folder where no option names one.
 */
export function createProgram(run: RunCommand, defaultState: string): Command {
  const program = new Command('swarm-ops')
    .description('Runs and watches a swarm of agents that buy and sell data.')
    .option('--version', 'show version and commit')
    .enablePositionalOptions()
    .showHelpAfterError('Use swarm-ops --help, or swarm-ops <command> --help.')
    .configureOutput({
      // The value of an unknown option could be a secret, so it is not repeated.
      outputError: (text, write) => write(text.replace(/(unknown option '--?[\w-]+)=[\s\S]*'/, "$1'")),
    })
    .exitOverride();

  program
    .command('up')
    .description('start the swarm on this machine and run it until Ctrl-C (npm start)')
    .option('--data <dir>', 'folder of chat logs to sell (default: a sample that grows)')
    .option('--corpus <file>', 'settings of the chat logs (default: corpus.yaml in their folder)')
    .option('--agents <dir>', 'folder with one folder per agent (default: the agents of this project)')
    .option('--state <dir>', 'folder for the vault, the chain, keys and goods', defaultState)
    .option('--beat-seconds <n>', 'seconds between two beats of an agent, 1 to 3600', '5')
    .option('--rounds <n>', 'stop after this many beats of every agent and print a report')
    .option(
      '--archive <period>',
      'what is over moves to the archive: each month, or each 30m, 1h, 7d …; never (default: 1h for the sample, else month)',
    )
    .option('--irc-port <port>', 'port of the embedded IRC server (default: the port of the last run, or a free one)')
    .option('--rpc-port <port>', 'port of the embedded chain')
    .option('--s3-port <port>', 'port of the embedded S3 server')
    .option('--json', 'show no live table; print the report of --rounds on one line')
    .action(run(async (...args: Parameters<typeof up>) => (await import('./commands/up.ts')).up(...args)));

  const addCommand = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--state <dir>', 'the state folder of the swarm', defaultState)
      .option('--json', 'print one JSON object');

  addCommand('status', 'show how each agent is doing').action(
    run(async (...args: Parameters<typeof status>) => (await import('./commands/status.ts')).status(...args)),
  );
  addCommand('trades', 'list the trades').action(
    run(async (...args: Parameters<typeof trades>) => (await import('./commands/trades.ts')).trades(...args)),
  );
  addCommand('health', 'check the swarm; exit code 0 healthy, 1 degraded, 3 a part can’t be reached').action(
    run(async (...args: Parameters<typeof health>) => (await import('./commands/health.ts')).health(...args)),
  );
  addCommand(
    'irc-check',
    'show which agents are in the channel, which are missing, and recent HAVE and NEED lines',
  ).action(
    run(async (...args: Parameters<typeof ircCheck>) => (await import('./commands/irc-check.ts')).ircCheck(...args)),
  );
  addCommand('stop', 'stop the running swarm').action(
    run(async (...args: Parameters<typeof stop>) => (await import('./commands/stop.ts')).stop(...args)),
  );
  addCommand('reset', 'stop the swarm and remove its state folder with everything in it')
    .option('--yes', 'do not ask')
    .action(run(async (...args: Parameters<typeof reset>) => (await import('./commands/reset.ts')).reset(...args)));
  addCommand('open', 'show the goods of a trade')
    .argument('<trade>', 'trade id, or at least 8 of its digits')
    .option('--out <file>', 'copy the goods to a new file instead')
    .action(run(async (...args: Parameters<typeof open>) => (await import('./commands/open.ts')).open(...args)));
  program
    .command('corpus')
    .description('the chat logs that are sold')
    .command('check')
    .description('show what would be sold of a folder of chat logs, and keep nothing of it')
    .argument('<dir>', 'folder of chat logs')
    .option('--corpus <file>', 'settings of the chat logs (default: corpus.yaml in their folder)')
    .option('--json', 'print one JSON object')
    .action(
      run(async (...args: Parameters<typeof corpusCheck>) =>
        (await import('./commands/corpus-check.ts')).corpusCheck(...args),
      ),
    );
  addArchive(program, run, defaultState);
  addBackup(program, run, defaultState);
  addOrders(program, run, defaultState);
  addKeys(program, run);
  addContracts(program, run);
  addFleet(program, run);
  addContainerPrograms(program, run);
  addHub(program, run);
  addLocalServices(program, run);
  return program;
}

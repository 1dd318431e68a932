import type { Command } from 'commander';
import { projectPath } from '../../lib/files/project.ts';
import { withMnemonic } from '../terminal/mnemonic-options.ts';
import type { RunCommand } from '../terminal/run-command.ts';
import type { keysCheck } from './keys-check.ts';
import type { keysDerive } from './keys-derive.ts';
import type { keysPerson } from './keys-person.ts';
import type { keysPush } from './keys-push.ts';
import type { keysRpc } from './keys-rpc.ts';

/** Adds `keys derive|push|check|person|rpc`. What they need is loaded when one is run: the AWS SDK takes its time. */
export function addKeys(program: Command, run: RunCommand): void {
  const keys = program
    .command('keys')
    .description('wallets of the agents, from a mnemonic that never touches the disk');

  withKeys(keys.command('derive').description('show the wallet of every agent'))
    .option('--treasury', 'the treasury’s wallet too')
    .option('--write', 'write the addresses into the manifests')
    .action(
      run(async (...args: Parameters<typeof keysDerive>) => (await import('./keys-derive.ts')).keysDerive(...args)),
    );

  withFleet(
    keys
      .command('push')
      .description('create or fill one secret an agent, the hub’s and the steward’s; existing values stay'),
  )
    .option('--kms-key <id>', 'the KMS key of new secrets; Secrets Manager’s own if absent')
    .option(
      '--rotate <agent...>',
      'write the secrets of these agents anew, with a new hub password; delivery seeds stay',
    )
    .option('--fresh-seed', 'with --rotate: new delivery seeds too (goods on their way must be sealed anew)')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do not ask')
    .action(run(async (...args: Parameters<typeof keysPush>) => (await import('./keys-push.ts')).keysPush(...args)));

  withFleet(keys.command('check').description('compare mnemonic, manifests and secrets; exit code 1 if they differ'))
    .option('--no-mnemonic', 'compare manifests and secrets only')
    .action(run(async (...args: Parameters<typeof keysCheck>) => (await import('./keys-check.ts')).keysCheck(...args)));

  withMnemonic(keys.command('person <name>').description('show what a person signs on to the hub with'))
    .option('--config <file>', CONFIG)
    .option('--prefix <prefix>', PREFIX)
    .option('--json', 'print one JSON object')
    .action(
      run(async (...args: Parameters<typeof keysPerson>) => (await import('./keys-person.ts')).keysPerson(...args)),
    );

  keys
    .command('rpc')
    .description('put the address of an RPC that has a key in it where the fleet’s units read it')
    .option('--rpc-fd <n>', 'read the address from this open file descriptor: 0 is standard input; asked for if absent')
    .option('--config <file>', CONFIG)
    .option('--region <name>', 'the AWS region')
    .option('--endpoint <url>', 'another endpoint of Secrets Manager')
    .action(run(async (...args: Parameters<typeof keysRpc>) => (await import('./keys-rpc.ts')).keysRpc(...args)));
}

const CONFIG = 'the fleet’s configuration: its name, region and people (default: infra/fleet.yaml where it is)';
const PREFIX = 'the beginning of the secrets’ names (default: what infra/ gives them)';

function withFleet(command: Command): Command {
  return withKeys(command).option('--config <file>', CONFIG).option('--prefix <prefix>', PREFIX);
}

function withKeys(command: Command): Command {
  return withMnemonic(command)
    .option('--agents <dir>', 'the folder of agent folders', projectPath('agents'))
    .option('--json', 'print one JSON object');
}

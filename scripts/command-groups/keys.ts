import type { Command } from 'commander';
import { projectPath } from '../../lib/files/project.ts';
import type { keysCheck } from '../commands/keys-check.ts';
import type { keysDerive } from '../commands/keys-derive.ts';
import type { keysPerson } from '../commands/keys-person.ts';
import type { keysPush } from '../commands/keys-push.ts';
import type { keysRpc } from '../commands/keys-rpc.ts';
import { withMnemonic } from '../terminal/mnemonic-options.ts';
import type { RunCommand } from '../terminal/run-command.ts';

/** Adds `keys derive|push|check|person|rpc`. Each is loaded when it is run, because the AWS SDK is slow to load. */
export function addKeys(program: Command, run: RunCommand): void {
  const keys = program
    .command('keys')
    .description('wallets and secrets of the agents, from a mnemonic that is never written to disk');

  withKeys(keys.command('derive').description('show the wallet of every agent'))
    .option('--treasury', 'show the treasury’s wallet too')
    .option('--write', 'write the addresses into the manifests')
    .action(
      run(async (...args: Parameters<typeof keysDerive>) =>
        (await import('../commands/keys-derive.ts')).keysDerive(...args),
      ),
    );

  withFleet(
    keys.command('push').description('create or fill the secrets of agents, hub and steward; existing values stay'),
  )
    .option('--kms-key <id>', 'the KMS key of new secrets (default: the one of Secrets Manager)')
    .option('--rotate <agent...>', 'replace the secrets of these agents, with a new hub password; delivery seeds stay')
    .option('--fresh-seed', 'with --rotate: new delivery seeds too (goods of open trades must be sealed again)')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'do not ask')
    .action(
      run(async (...args: Parameters<typeof keysPush>) => (await import('../commands/keys-push.ts')).keysPush(...args)),
    );

  withFleet(keys.command('check').description('compare mnemonic, manifests and secrets; exit code 1 if they differ'))
    .option('--no-mnemonic', 'compare manifests and secrets only')
    .action(
      run(async (...args: Parameters<typeof keysCheck>) =>
        (await import('../commands/keys-check.ts')).keysCheck(...args),
      ),
    );

  withMnemonic(
    keys.command('person <name>').description('show a person’s credentials for the hub: account, nick and password'),
  )
    .option('--config <file>', CONFIG)
    .option('--prefix <prefix>', PREFIX)
    .option('--json', 'print one JSON object')
    .action(
      run(async (...args: Parameters<typeof keysPerson>) =>
        (await import('../commands/keys-person.ts')).keysPerson(...args),
      ),
    );

  keys
    .command('rpc')
    .description('write the address of an RPC, with its key, into the secret that the fleet’s units read')
    .option(
      '--rpc-fd <n>',
      'read the address from this open file descriptor: 0 is standard input (default: ask at the terminal)',
    )
    .option('--config <file>', CONFIG)
    .option('--region <name>', 'the AWS region')
    .option('--endpoint <url>', 'another endpoint of Secrets Manager')
    .action(
      run(async (...args: Parameters<typeof keysRpc>) => (await import('../commands/keys-rpc.ts')).keysRpc(...args)),
    );
}

const CONFIG = 'the fleet’s configuration: its name, region and people (default: infra/fleet.yaml, if it exists)';
const PREFIX = 'the beginning of the secrets’ names (default: the one that infra/ uses)';

function withFleet(command: Command): Command {
  return withKeys(command).option('--config <file>', CONFIG).option('--prefix <prefix>', PREFIX);
}

function withKeys(command: Command): Command {
  return withMnemonic(command)
    .option('--agents <dir>', 'the folder of agent folders', projectPath('agents'))
    .option('--json', 'print one JSON object');
}

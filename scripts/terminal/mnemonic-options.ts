import type { Command } from 'commander';
import type { AwsPlace } from '../../lib/aws/aws-place.ts';

/** The options that say where the mnemonic comes from; without either it is asked for at the terminal. */
export interface MnemonicOptions extends AwsPlace {
  /** The number of an open file descriptor. */
  readonly mnemonicFd?: string;
  /** The name of a secret in Secrets Manager. */
  readonly mnemonicSecret?: string;
}

/** Adds {@link MnemonicOptions} to a command. */
export function withMnemonic(command: Command): Command {
  return command
    .option('--mnemonic-fd <n>', 'read the mnemonic from this open file descriptor: 0 is standard input')
    .option('--mnemonic-secret <name>', 'read the mnemonic from this secret in Secrets Manager')
    .option('--region <name>', 'the AWS region')
    .option('--endpoint <url>', 'another endpoint of Secrets Manager');
}

import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import type { MnemonicOptions } from './mnemonic-source.ts';

/** What the commands about keys have in common, as it comes from the command line. */
export interface KeysOptions extends MnemonicOptions, AwsPlace {
  readonly agents: string;
  readonly json?: boolean;
}

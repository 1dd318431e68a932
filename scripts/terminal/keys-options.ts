import type { MnemonicOptions } from './mnemonic-options.ts';

/** What the commands about keys have in common, as it comes from the command line. */
export interface KeysOptions extends MnemonicOptions {
  readonly agents: string;
  readonly json?: boolean;
}

import type { MnemonicOptions } from './mnemonic-options.ts';

/** The options that all commands about keys share, unparsed. */
export interface KeysOptions extends MnemonicOptions {
  readonly agents: string;
  readonly json?: boolean;
}

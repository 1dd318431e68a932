import type { Command } from 'commander';
import { type MnemonicOptions, withMnemonic } from './mnemonic-options.ts';

/** Where an order is written and who signs it: this machine's swarm and its operator key, or a clone of a hub's vault and a person's key. */
export interface OrderOptions extends MnemonicOptions {
  readonly state: string;
  readonly vault?: string;
  readonly swarm?: string;
  readonly key?: string;
  readonly wallet?: string;
}

/** Adds {@link OrderOptions} to a command. */
export function addOrderOptions(command: Command, defaultState: string): Command {
  return withMnemonic(
    command
      .option('--state <dir>', 'the state folder of the swarm on this machine, whose operator key signs', defaultState)
      .option('--vault <clone>', 'a clone of a hub’s vault instead: the note is committed there and pushed')
      .option('--swarm <chain/escrow>', 'with --vault: the swarm that it is for, as in eip155:…/0x…')
      .option('--key <file>', 'sign with this SSH key: its private file, or its .pub file for a key of ssh-agent')
      .option('--wallet <index>', 'sign with the wallet at this index of a mnemonic'),
  );
}

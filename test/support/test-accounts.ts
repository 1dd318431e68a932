import type { Address, LocalAccount } from 'viem';
import { accountsOf } from '../../lib/keys/mnemonic-accounts.ts';

/** Everybody's test mnemonic: worth nothing anywhere. */
export const TEST_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account of the test mnemonic, by its index. */
export const testAccount: (addressIndex: number) => LocalAccount = accountsOf(TEST_MNEMONIC);

/** The addresses of its first accounts. */
export function testAddresses(count: number): readonly Address[] {
  return Array.from({ length: count }, (_, index) => testAccount(index).address);
}

import type { LocalAccount } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

/** Everybody's test mnemonic: worth nothing anywhere. */
export const TEST_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account of the test mnemonic. */
export function testAccount(addressIndex: number): LocalAccount {
  return mnemonicToAccount(TEST_MNEMONIC, { addressIndex });
}

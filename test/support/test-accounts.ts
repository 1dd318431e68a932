import type { LocalAccount } from 'viem';
import { accountsOf } from '../../lib/core/mnemonic-accounts.ts';

/** Everybody's test mnemonic: worth nothing anywhere. */
export const TEST_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account of the test mnemonic, by its index. */
export const testAccount: (addressIndex: number) => LocalAccount = accountsOf(TEST_MNEMONIC);

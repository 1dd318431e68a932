import { pbkdf2Sync } from 'node:crypto';
import { type HDAccount, HDKey, hdKeyToAccount } from 'viem/accounts';

/**
 * Gives the accounts of a mnemonic by their address index (BIP-44, m/44'/60'/0'/0/index). The seed is BIP-39's without a
 * passphrase. It is computed once, by OpenSSL: in JavaScript it would take ten times as long as deriving an account.
 */
export function accountsOf(mnemonic: string): (addressIndex: number) => HDAccount {
  const root = HDKey.fromMasterSeed(pbkdf2Sync(mnemonic.normalize('NFKD'), 'mnemonic', 2048, 64, 'sha512'));
  return (addressIndex) => hdKeyToAccount(root, { addressIndex });
}

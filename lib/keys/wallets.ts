import { type Address, type HDAccount, type Hex, toHex } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { STEWARD, TREASURY } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { TREASURY_WALLET } from './development-secrets.ts';
import type { Mnemonic } from './mnemonic.ts';
import { accountsOf } from './mnemonic-accounts.ts';

/** One wallet of the swarm. `address` carries the checksum of EIP-55; `stated` is the manifest's, in lower case. */
export interface Wallet {
  readonly name: string;
  readonly index: number;
  readonly address: Address;
  readonly stated: Address | undefined;
  readonly account: HDAccount;
  /** The private key: never printed. */
  readonly privateKey: () => Hex;
}

/** How a wallet's address compares with the one in its manifest. The treasury and the steward have no manifest. */
export type Statement = 'same' | 'absent' | 'differs' | 'no-manifest';

/** Derives the wallets at `m/44'/60'/0'/0/<index>` (BIP-32, BIP-44) that manifests name, in the order of the manifests. */
export function deriveWallets(mnemonic: Mnemonic, manifests: readonly Manifest[]): readonly Wallet[] {
  const accountAt = accountsOf(mnemonic.words);
  return manifests.map(({ metadata, spec }) =>
    walletAt(accountAt, metadata.name, spec.wallet.index, spec.wallet.address),
  );
}

/** Derives the operator's treasury, at an index past those that a manifest may name. */
export function deriveTreasury(mnemonic: Mnemonic): Wallet {
  return walletAt(accountsOf(mnemonic.words), TREASURY, TREASURY_WALLET, undefined);
}

/** The wallet in the steward's secret: the treasury's. */
export function stewardWallet(mnemonic: Mnemonic): Wallet {
  return { ...deriveTreasury(mnemonic), name: STEWARD };
}

/** Compares a derived address with the manifest's. */
export function statementOf(wallet: Wallet): Statement {
  if (wallet.name === TREASURY || wallet.name === STEWARD) return 'no-manifest';
  if (wallet.stated === undefined) return 'absent';
  return isSame(wallet.stated, wallet.address) ? 'same' : 'differs';
}

/**
 * Checks that every manifest states the address that the mnemonic gives, so that the mnemonic of another swarm is not used by
 * mistake.
 * @throws SwarmError `keys/address-mismatch`, `keys/no-address`
 */
export function requireStated(wallets: readonly Wallet[]): void {
  const wrong = wallets.filter((wallet) => statementOf(wallet) === 'differs');
  if (wrong.length > 0) {
    const lines = wrong.map(
      ({ name, index, address, stated }) => `  ${name} (index ${index}): ${address}, not ${stated}`,
    );
    throw new SwarmError({
      code: 'keys/address-mismatch',
      disposition: 'stop',
      message: `The mnemonic gives other addresses than ${wrong.length} of ${wallets.length} manifests state:\n${lines.join('\n')}\n`,
      next: 'Use the mnemonic of this swarm, or write the addresses of this one into the manifests with swarm-ops keys derive --write. Nothing was changed.',
    });
  }
  const without = wallets.filter((wallet) => statementOf(wallet) === 'absent');
  if (without.length === 0) return;
  throw new SwarmError({
    code: 'keys/no-address',
    disposition: 'stop',
    message: `No spec.wallet.address in the manifest of ${without.map(({ name }) => name).join(', ')}`,
    next: 'Look at swarm-ops keys derive, then write the addresses with swarm-ops keys derive --write. Nothing was changed.',
  });
}

/** Whether two addresses are equal, in any case of letters. */
export function isSame(left: Address, right: Address): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function walletAt(
  accountAt: ReturnType<typeof accountsOf>,
  name: string,
  index: number,
  stated: Address | undefined,
): Wallet {
  const account = accountAt(index);
  const privateKey = (): Hex => {
    const bytes = account.getHdKey().privateKey;
    if (bytes === null) throw new Error(`the wallet of ${name} has no private key`);
    return toHex(bytes);
  };
  return { name, index, address: account.address, stated, account, privateKey };
}

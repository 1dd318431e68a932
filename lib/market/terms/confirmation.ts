import { type Address, type Hex, hashTypedData, type LocalAccount } from 'viem';
import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import type { SigningDomain } from './domain.ts';
import { assertSigner, signature } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/** The on-disk form of a confirmation. */
export const confirmationFields = z.object({ tradeId: hex32, quoteHash: hex32 });

/** The buyer's confirmation that the goods are as promised; with it the seller can be paid at once. */
export type Confirmation = Readonly<z.output<typeof confirmationFields>>;

export const signedConfirmation = confirmationFields.extend({ signature }).strict();
export type SignedConfirmation = Readonly<z.output<typeof signedConfirmation>>;

const types = {
  Confirmation: [
    { name: 'tradeId', type: 'bytes32' },
    { name: 'quoteHash', type: 'bytes32' },
  ],
} as const;

/** The EIP-712 hash of a confirmation. */
export function hashConfirmation(domain: SigningDomain, confirmation: Confirmation): Hex {
  return hashTypedData({ domain, types, primaryType: 'Confirmation', message: confirmation });
}

/** Signs a confirmation as the trade's buyer. */
export async function signConfirmation(
  account: LocalAccount,
  domain: SigningDomain,
  buyer: Address,
  confirmation: Confirmation,
): Promise<Hex> {
  assertSigner(account, buyer, 'confirmation');
  return account.signTypedData({ domain, types, primaryType: 'Confirmation', message: confirmation });
}

/** Whether `buyer` signed the confirmation. */
export function verifyConfirmation(
  cache: SignatureCache,
  domain: SigningDomain,
  buyer: Address,
  confirmation: SignedConfirmation,
): Promise<boolean> {
  return cache.verify({
    subject: confirmation,
    scope: `Confirmation ${domain.chainId} ${domain.verifyingContract}`,
    digest: () => hashConfirmation(domain, confirmation),
    signature: confirmation.signature,
    signer: buyer,
  });
}

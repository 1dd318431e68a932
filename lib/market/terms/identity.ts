import { type Address, type Hex, hashTypedData, type LocalAccount } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { SigningDomain } from './domain.ts';
import { assertSigner } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/** The name under which a wallet trades, and the age recipient to which others encrypt what is for it. */
export interface Identity {
  readonly name: AgentName;
  readonly wallet: Address;
  readonly deliveryRecipient: string;
}

const types = {
  Identity: [
    { name: 'name', type: 'string' },
    { name: 'wallet', type: 'address' },
    { name: 'deliveryRecipient', type: 'string' },
  ],
} as const;

/** The EIP-712 hash of an identity. */
export function hashIdentity(domain: SigningDomain, identity: Identity): Hex {
  return hashTypedData({ domain, types, primaryType: 'Identity', message: identity });
}

/**
 * Signs with a wallet that it trades under a name. Without this proof, anyone could state a stranger's wallet as its own,
 * copy the stranger's signed offers into its folder, or get goods for the stranger encrypted to itself.
 */
export async function signIdentity(account: LocalAccount, domain: SigningDomain, identity: Identity): Promise<Hex> {
  assertSigner(account, identity.wallet, 'identity');
  return account.signTypedData({ domain, types, primaryType: 'Identity', message: identity });
}

/** Whether the wallet signed that it trades under the name. `subject` is the object that states it, for the cache. */
export function verifyIdentity(
  cache: SignatureCache,
  domain: SigningDomain,
  identity: Identity,
  proof: Hex,
  subject: object,
): Promise<boolean> {
  return cache.verify({
    subject,
    scope: `Identity ${domain.chainId} ${domain.verifyingContract} ${identity.name}`,
    digest: () => hashIdentity(domain, identity),
    signature: proof,
    signer: identity.wallet,
  });
}

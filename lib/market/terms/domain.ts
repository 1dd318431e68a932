import type { Address } from 'viem';

/** An EIP-712 domain with all four fields that bind a signature to one contract on one chain. */
export interface SigningDomain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

/** The domain of offers, requests, quotes and confirmations: one escrow on one chain. */
export function marketDomain(chainId: number, escrow: Address): SigningDomain {
  return { name: 'Karmakadabra', version: '1', chainId, verifyingContract: escrow };
}

/** The domain of payment authorizations: USDC's own. The default name is that on Base and of the test token; on Base Sepolia it is "USDC". */
export function usdcDomain(chainId: number, token: Address, name = 'USD Coin'): SigningDomain {
  return { name, version: '2', chainId, verifyingContract: token };
}

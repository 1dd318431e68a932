import type { Address, Hex } from 'viem';

/**
 * Sends tokens by an EIP-3009 transfer authorization of the sender's own. The nonce makes it safe to repeat: the
 * token takes each nonce once, and a transfer that was made before is not made again.
 */
export type SendTransfer = (transfer: {
  readonly to: Address;
  readonly amountAtomic: bigint;
  readonly nonce: Hex;
}) => Promise<'sent' | 'already-sent'>;

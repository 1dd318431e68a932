import { type Address, BaseError, ExecutionRevertedError, encodeFunctionData, type Hex, parseSignature } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { revertData } from '../escrow/escrow-preflight.ts';
import { describeError } from '../escrow/escrow-receipt.ts';
import type { SigningDomain } from '../terms/domain.ts';

/** Reads an account's balance of the token, in atomic units. */
export function readTokenBalance(client: ChainClient, token: Address, account: Address): Promise<bigint> {
  return readingChain('a balance', () =>
    client.readContract({ address: token, abi: usdcAbi, functionName: 'balanceOf', args: [account] }),
  );
}

/** Whether an authorization (EIP-3009) of an account was used or canceled. */
export function readAuthorizationState(
  client: ChainClient,
  token: Address,
  authorizer: Address,
  nonce: Hex,
): Promise<boolean> {
  return readingChain('an authorization', () =>
    client.readContract({
      address: token,
      abi: usdcAbi,
      functionName: 'authorizationState',
      args: [authorizer, nonce],
    }),
  );
}

/** A transfer that can be sent repeatedly and moves the money once: its nonce identifies it. */
export interface TokenTransfer {
  readonly to: Address;
  readonly amountAtomic: bigint;
  readonly nonce: Hex;
}

const transferTypes = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/**
 * How long a signed transfer is valid, in seconds of the chain's time. If it is not mined by then, it is signed and sent
 * again under the same nonce.
 */
const VALID_SECONDS = 86_400n;

/**
 * Sends a transfer by EIP-3009 `transferWithAuthorization`, unless one with its nonce was made before. It is simulated
 * first, so a transfer that the token would refuse costs no gas.
 * @returns the transaction's hash, or undefined if the transfer was made before.
 * @throws what `TransactionSender.send` throws, and SwarmError `market/transfer-refused` if the token refuses.
 */
export async function sendTransfer(
  client: ChainClient,
  sender: TransactionSender,
  token: SigningDomain,
  transfer: TokenTransfer,
): Promise<Hex | undefined> {
  const { account } = sender;
  const address = token.verifyingContract;
  const { to, amountAtomic: value, nonce } = transfer;
  if (await readAuthorizationState(client, address, account.address, nonce)) return undefined;
  const block = await readingChain('the chain’s time', () => client.getBlock({ blockTag: 'latest' }));
  const validBefore = block.timestamp + VALID_SECONDS;
  const message = { from: account.address, to, value, validAfter: 0n, validBefore, nonce };
  const signed = await account.signTypedData({
    domain: token,
    types: transferTypes,
    primaryType: 'TransferWithAuthorization',
    message,
  });
  const { r, s, yParity } = parseSignature(signed);
  const data = encodeFunctionData({
    abi: usdcAbi,
    functionName: 'transferWithAuthorization',
    args: [account.address, to, value, 0n, validBefore, nonce, 27 + yParity, r, s],
  });
  const refusal = await explainCall(client, account.address, address, data);
  if (refusal === undefined) {
    const receipt = await sender.send({ to: address, data, gas: 200_000n });
    if (receipt.status === 'success') return receipt.transactionHash;
  }
  // Somebody else may have sent the same authorization a moment before.
  if (await readAuthorizationState(client, address, account.address, nonce)) return undefined;
  throw new SwarmError({
    code: 'market/transfer-refused',
    disposition: 'wait',
    message:
      `The token refuses a transfer of ${value} atomic units from ${account.address} to ${to}` +
      (refusal === undefined ? '' : `: ${refusal}`),
    next: `Check the balance of ${account.address}, and whether the token blocks one of the two.`,
  });
}

/** Simulates a transfer and says why it would fail; undefined if it would not. The authorization can only pay its payee. */
async function explainCall(client: ChainClient, from: Address, to: Address, data: Hex): Promise<string | undefined> {
  return readingChain('whether a transfer would go through', async () => {
    try {
      await client.call({ account: from, to, data });
      return undefined;
    } catch (error) {
      const reason = revertData(error);
      if (reason !== undefined) return describeError(reason);
      // Some nodes say that a call reverted, but not why.
      const isReverted = error instanceof BaseError && error.walk((cause) => cause instanceof ExecutionRevertedError);
      if (isReverted) return 'it gave no reason';
      throw error;
    }
  });
}

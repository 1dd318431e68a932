import { type Address, BaseError, ExecutionRevertedError, encodeFunctionData, type Hex, parseSignature } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { revertData } from '../escrow/escrow-preflight.ts';
import { describeError } from '../escrow/escrow-receipt.ts';
import type { SigningDomain } from '../terms/domain.ts';

/** Reads what an account holds, in atomic units. */
export function readTokenBalance(client: ChainClient, token: Address, account: Address): Promise<bigint> {
  return readingChain('a balance', () =>
    client.readContract({ address: token, abi: usdcAbi, functionName: 'balanceOf', args: [account] }),
  );
}

/** Says whether an authorization (EIP-3009) of an account was used or canceled. */
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

/** A transfer that can be sent any number of times and moves the money once: its nonce says which transfer it is. */
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
 * How long the node that is shown a transfer may still carry it out, in seconds of the chain's time. What was not mined by
 * then is sent anew, under the same nonce.
 */
const VALID_SECONDS = 86_400n;

/**
 * Sends a transfer by EIP-3009 `transferWithAuthorization`, unless one with its nonce went out before. The node is asked
 * first: what the token would refuse is not sent and costs no gas.
 * @returns the transaction's hash, or undefined when the transfer had been made already.
 * @throws what `TransactionSender.send` throws, and SwarmError `market/transfer-refused` when the token refused.
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
  // Somebody else may have sent the very same authorization a moment before.
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

/** Asks the node why a call would fail; undefined if it would not. Shows it an authorization that only pays its payee. */
async function explainCall(client: ChainClient, from: Address, to: Address, data: Hex): Promise<string | undefined> {
  return readingChain('whether a transfer would go through', async () => {
    try {
      await client.call({ account: from, to, data });
      return undefined;
    } catch (error) {
      const reason = revertData(error);
      if (reason !== undefined) return describeError(reason);
      // Some nodes tell that a call was reverted, and not how.
      const isReverted = error instanceof BaseError && error.walk((cause) => cause instanceof ExecutionRevertedError);
      if (isReverted) return 'it gave no reason';
      throw error;
    }
  });
}

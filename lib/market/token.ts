import { type Address, encodeFunctionData, getAbiItem, type Hex, type LocalAccount, parseSignature } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { type ChainClient, readingChain } from './chain-client.ts';
import { usdcAbi } from './contracts/usdc-abi.ts';
import type { SigningDomain } from './domain.ts';
import { type ReceiptPolling, transact } from './transact.ts';

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

/** Valid for good: what limits the transfer is its nonce. */
const FOREVER = 0xff_ffff_ffffn;

/**
 * Sends a transfer by EIP-3009 `transferWithAuthorization`, unless one with its nonce went out before.
 * @returns the transaction's hash, or undefined when the transfer had been made already.
 * @throws what `transact` throws, and SwarmError `market/transfer-refused` when the token refused.
 */
export async function sendTransfer(
  client: ChainClient,
  account: LocalAccount,
  token: SigningDomain,
  transfer: TokenTransfer,
  polling?: ReceiptPolling,
): Promise<Hex | undefined> {
  const address = token.verifyingContract;
  const { to, amountAtomic: value, nonce } = transfer;
  if (await readAuthorizationState(client, address, account.address, nonce)) return undefined;
  const message = { from: account.address, to, value, validAfter: 0n, validBefore: FOREVER, nonce };
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
    args: [account.address, to, value, 0n, FOREVER, nonce, 27 + yParity, r, s],
  });
  const receipt = await transact(client, account, { to: address, data, gas: 200_000n }, polling);
  if (receipt.status === 'success') return receipt.transactionHash;
  // Somebody else may have sent the very same authorization a moment before.
  if (await readAuthorizationState(client, address, account.address, nonce)) return undefined;
  throw new SwarmError({
    code: 'market/transfer-refused',
    disposition: 'wait',
    message: `The token refused a transfer of ${value} atomic units from ${account.address} to ${to}`,
    next: `Check the balance of ${account.address}.`,
  });
}

/** A transfer that happened. A mint comes from the zero address. `at` is the block's time in seconds since 1970. */
export interface TransferRecord {
  readonly tx: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly amountAtomic: bigint;
  readonly block: number;
  readonly at: number;
}

/** Reads all transfers from or to an account in a range of blocks, oldest first. */
export async function readTransfers(
  client: ChainClient,
  token: Address,
  account: Address,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly TransferRecord[]> {
  const event = getAbiItem({ abi: usdcAbi, name: 'Transfer' });
  return readingChain('transfers', async () => {
    const query = { address: token, event, ...range, strict: true } as const;
    const [sent, received] = await Promise.all([
      client.getLogs({ ...query, args: { from: account } }),
      client.getLogs({ ...query, args: { to: account } }),
    ]);
    const incoming = received.filter((log) => log.args.from.toLowerCase() !== account.toLowerCase());
    const logs = [...sent, ...incoming].sort(
      (a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex,
    );
    return await Promise.all(
      logs.map(async (log) => ({
        tx: log.transactionHash,
        from: lower(log.args.from),
        to: lower(log.args.to),
        amountAtomic: log.args.value,
        block: Number(log.blockNumber),
        at: Number(log.blockTimestamp ?? (await client.getBlock({ blockNumber: log.blockNumber })).timestamp),
      })),
    );
  });
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}

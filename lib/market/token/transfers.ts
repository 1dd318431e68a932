import { type Address, getAbiItem, type Hex } from 'viem';
import type { BlockRange } from '../chain/block-ranges.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';

/** A transfer on chain. A mint comes from the zero address. `at` is the block's time in seconds since 1970. */
export interface TransferRecord {
  readonly tx: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly amountAtomic: bigint;
  readonly block: number;
  readonly at: number;
}

/**
 * Reads all transfers from or to an account in a range of blocks with one request, oldest first. Transfers of zero are
 * left out: the token lets anybody make one in anybody's name.
 */
export async function readTransfers(
  client: ChainClient,
  token: Address,
  account: Address,
  range: BlockRange,
): Promise<readonly TransferRecord[]> {
  const event = getAbiItem({ abi: usdcAbi, name: 'Transfer' });
  const query = { address: token, event, ...range, strict: true } as const;
  const [sent, received] = await Promise.all([
    client.getLogs({ ...query, args: { from: account } }),
    client.getLogs({ ...query, args: { to: account } }),
  ]);
  const incoming = received.filter((log) => log.args.from.toLowerCase() !== account.toLowerCase());
  const logs = [...sent, ...incoming]
    .filter((log) => log.args.value > 0n)
    .sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
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
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}

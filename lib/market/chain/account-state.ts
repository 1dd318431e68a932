import type { Address } from 'viem';
import { type ChainClient, readingChain } from './chain-client.ts';
import { type GasPrices, readGasPrices } from './gas-fees.ts';
import { assessPending, type PendingState, type TransactionCounts } from './pending-transaction.ts';

/** Asks a node how many transactions of an account it has mined and has all in all. */
export function readCounts(client: ChainClient, address: Address): Promise<TransactionCounts> {
  return readingChain('the account’s nonce', async () => {
    const [mined, pending] = await Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
    ]);
    return { mined, pending };
  });
}

/** Says whether something of an account is pending, and no more than that: since when is known to its sender only. */
export async function readPending(client: ChainClient, address: Address): Promise<PendingState> {
  return assessPending(undefined, await readCounts(client, address), 0);
}

/** What a node tells of an account before something is sent. */
export interface AccountState extends TransactionCounts {
  readonly balanceWei: bigint;
  readonly prices: GasPrices;
  readonly chainId: number;
}

/** Asks a node for all that a new transaction of an account depends on. */
export function readAccount(client: ChainClient, address: Address): Promise<AccountState> {
  return readingChain('the account’s nonce and balance', async () => {
    const [counts, balanceWei, prices, chainId] = await Promise.all([
      readCounts(client, address),
      client.getBalance({ address }),
      readGasPrices(client),
      client.chain === undefined ? client.getChainId() : client.chain.id,
    ]);
    return { ...counts, balanceWei, prices, chainId };
  });
}

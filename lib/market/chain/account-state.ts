import type { Address } from 'viem';
import { type ChainClient, readingChain } from './chain-client.ts';
import { type GasPrices, readGasPrices } from './gas-fees.ts';
import { assessPending, type PendingState, type TransactionCounts } from './pending-transaction.ts';

/** Reads a node's number of an account's transactions: mined, and including pending ones. */
export function readCounts(client: ChainClient, address: Address): Promise<TransactionCounts> {
  return readingChain('the account’s nonce', async () => {
    const [mined, pending] = await Promise.all([
      client.getTransactionCount({ address, blockTag: 'latest' }),
      client.getTransactionCount({ address, blockTag: 'pending' }),
    ]);
    return { mined, pending };
  });
}

/** Reads whether an account has a pending transaction. Whether it is stuck only its sender knows. */
export async function readPending(client: ChainClient, address: Address): Promise<PendingState> {
  return assessPending(undefined, await readCounts(client, address), 0);
}

/** The state of an account that a new transaction depends on. */
export interface AccountState extends TransactionCounts {
  readonly balanceWei: bigint;
  readonly prices: GasPrices;
  readonly chainId: number;
}

/** Reads the state of an account that a new transaction depends on. */
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

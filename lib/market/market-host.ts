import type { Address, LocalAccount } from 'viem';
import { readPending } from './chain/account-state.ts';
import { type ChainClient, createChainClient, readingChain } from './chain/chain-client.ts';
import type { SnapshotStore } from './chain/snapshot-store.ts';
import { createTransactionSender, type TransactionSender } from './chain/transaction-sender.ts';
import type { Deployment } from './escrow/deployment.ts';
import { createEscrowIndex, type EscrowIndex } from './escrow/escrow-index.ts';
import { createEscrowWriter, type EscrowWriter } from './escrow/escrow-writer.ts';
import { createOpenedQuotes, type OpenedQuote } from './escrow/opened-quote.ts';
import { marketDomain, type SigningDomain, usdcDomain } from './terms/domain.ts';
import { createSignatureCache, type SignatureCache, type SignatureMemory } from './terms/signature-cache.ts';
import type { SendTransfer } from './token/send-transfer.ts';
import { readTokenBalance, sendTransfer } from './token/token.ts';

/** The connection to the market's chain that the agents of a host share. */
export interface MarketHost {
  readonly deployment: Deployment;
  readonly client: ChainClient;
  readonly domain: SigningDomain;
  readonly tokenDomain: SigningDomain;
  readonly index: EscrowIndex;
  /** Finds the quote that a trade on chain was opened with. */
  readonly openedQuote: OpenedQuote;
  readonly signatures: SignatureCache;
  /** Creates a writer of an account. All transactions of an account use one sender: two would race for the same nonce. */
  readonly escrowWriter: (account: LocalAccount) => EscrowWriter;
  readonly sendTransfer: (account: LocalAccount) => SendTransfer;
  /** Reads an account's balance of the token, in atomic units. */
  readonly readBalance: (account: Address) => Promise<bigint>;
  /** Reads the current price of a unit of gas, in wei. */
  readonly readGasPrice: () => Promise<bigint>;
}

/**
 * Connects to a deployment of the market. Nothing is read until it is used.
 * @param keep stores the escrow's events across restarts; without it they are read from the chain each time.
 * @param signers stores checked signatures across restarts; without it they are checked again.
 */
export function createMarketHost(
  rpcUrl: string,
  deployment: Deployment,
  keep?: SnapshotStore,
  signers?: SignatureMemory,
): MarketHost {
  const { chainId, escrow, token, tokenName, fromBlock } = deployment;
  const client = createChainClient(rpcUrl, chainId);
  const tokenDomain = usdcDomain(chainId, token, tokenName);
  const senders = new Map<string, TransactionSender>();

  function senderOf(account: LocalAccount): TransactionSender {
    const key = account.address.toLowerCase();
    const sender = senders.get(key) ?? createTransactionSender({ client, account });
    senders.set(key, sender);
    return sender;
  }

  return {
    deployment,
    client,
    domain: marketDomain(chainId, escrow),
    tokenDomain,
    index: createEscrowIndex({
      client,
      chainId,
      escrow,
      token,
      fromBlock: BigInt(fromBlock),
      observe: async (account) => (await senders.get(account.toLowerCase())?.observe()) ?? readPending(client, account),
      lastMinedBlock: (account) => senders.get(account.toLowerCase())?.lastMinedBlock(),
      ...(keep === undefined ? {} : { keep }),
    }),
    openedQuote: createOpenedQuotes(client, marketDomain(chainId, escrow)),
    signatures: createSignatureCache(undefined, signers),
    escrowWriter: (account) => createEscrowWriter({ client, sender: senderOf(account), escrow }),
    readBalance: (account) => readTokenBalance(client, token, account),
    readGasPrice: () => readingChain('the price of gas', () => client.getGasPrice()),
    sendTransfer: (account) => async (transfer) =>
      (await sendTransfer(client, senderOf(account), tokenDomain, transfer)) === undefined ? 'already-sent' : 'sent',
  };
}

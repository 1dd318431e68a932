import type { Address, Hex, LocalAccount } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { vi } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { type ChainClient, createChainClient } from '../../lib/market/chain/chain-client.ts';
import {
  createTransactionSender,
  type ReceiptPolling,
  type TransactionSender,
} from '../../lib/market/chain/transaction-sender.ts';
import { deployMarket, mintTestUsdc } from '../../lib/market/escrow/deploy-test-market.ts';
import { marketDomain, type SigningDomain, usdcDomain } from '../../lib/market/terms/domain.ts';
import { workerChain } from './shared.ts';

/** A market of its own for one test file, on the chain that the files of a vitest worker share. */
export interface TestMarket {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly client: ChainClient;
  readonly deployer: LocalAccount;
  readonly token: Address;
  readonly escrow: Address;
  readonly domain: SigningDomain;
  readonly tokenDomain: SigningDomain;
  /** A new sender of an account, which knows of nothing that was sent before. */
  readonly sender: (account: LocalAccount, polling?: ReceiptPolling) => TransactionSender;
  readonly mint: (to: Address, amountAtomic: bigint) => Promise<Hex>;
  /** Lets chain time pass and mines a block. */
  readonly pass: (seconds: number) => Promise<void>;
  /** The newest block's time in seconds since 1970: ahead of the clock by all that was passed before. */
  readonly now: () => Promise<number>;
}

const CHAIN_ID = 31337;

/** Deploys token and escrow (windows 20 s and 10 s) by a new account; accounts 0 to 7 have gas money. */
export async function openTestMarket(): Promise<TestMarket> {
  const rpcUrl = await workerChain();
  const client = createChainClient(rpcUrl, CHAIN_ID);
  const deployer = privateKeyToAccount(generatePrivateKey());
  await callRpc(rpcUrl, 'anvil_setBalance', [deployer.address, `0x${(10n ** 20n).toString(16)}`]);
  const sender = createTransactionSender({ client, account: deployer });
  const { token, escrow } = await deployMarket(client, sender, { minRevealWindow: 20, minDisputeWindow: 10 });
  return {
    rpcUrl,
    chainId: CHAIN_ID,
    client,
    deployer,
    token,
    escrow,
    domain: marketDomain(CHAIN_ID, escrow),
    tokenDomain: usdcDomain(CHAIN_ID, token),
    sender: (account, polling) =>
      createTransactionSender({ client, account, ...(polling === undefined ? {} : { polling }) }),
    mint: (to, amountAtomic) => mintTestUsdc(sender, token, to, amountAtomic),
    pass: async (seconds) => {
      await callRpc(rpcUrl, 'evm_increaseTime', [seconds]);
      await callRpc(rpcUrl, 'evm_mine', []);
    },
    now: async () => Number((await client.getBlock({ blockTag: 'latest' })).timestamp),
  };
}

/** Sets this process's clock by the chain's, which is ahead by all that tests let pass: for what believes no block from the future. */
export async function followChainClock({ now }: Pick<TestMarket, 'now'>): Promise<void> {
  const ahead = (await now()) * 1_000 - Date.now();
  const realNow = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Hex, LocalAccount } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { type Anvil, startAnvil } from '../../lib/local/evm.ts';
import { type ChainClient, createChainClient } from '../../lib/market/chain-client.ts';
import { deployMarket, mintTestUsdc } from '../../lib/market/deploy.ts';
import { marketDomain, type SigningDomain, usdcDomain } from '../../lib/market/domain.ts';

/** Everybody's test mnemonic: worth nothing anywhere. */
export const TEST_MNEMONIC = 'test test test test test test test test test test test junk';

/** An account of the test mnemonic. */
export function testAccount(addressIndex: number): LocalAccount {
  return mnemonicToAccount(TEST_MNEMONIC, { addressIndex });
}

/** A chain of its own for one test file, with the market on it. */
export interface TestMarket {
  readonly anvil: Anvil;
  readonly client: ChainClient;
  readonly deployer: LocalAccount;
  readonly token: Address;
  readonly escrow: Address;
  readonly domain: SigningDomain;
  readonly tokenDomain: SigningDomain;
  readonly stateFile: string;
  readonly mint: (to: Address, amountAtomic: bigint) => Promise<Hex>;
  /** Lets chain time pass and mines a block. */
  readonly pass: (seconds: number) => Promise<void>;
  /** The newest block's time in seconds since 1970. */
  readonly now: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Starts a chain, deploys token and escrow (windows 20 s and 10 s) by account 0, and funds accounts 0 to 7 with gas. */
export async function startTestMarket(): Promise<TestMarket> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-evm-'));
  const stateFile = join(dir, 'chain.json');
  const anvil = await startAnvil({ stateFile, mnemonic: TEST_MNEMONIC, accounts: 8, log: () => undefined });
  const client = createChainClient(anvil.rpcUrl, anvil.chainId);
  const deployer = testAccount(0);
  const { token, escrow } = await deployMarket(client, deployer, { minRevealWindow: 20, minDisputeWindow: 10 });
  return {
    anvil,
    client,
    deployer,
    token,
    escrow,
    domain: marketDomain(anvil.chainId, escrow),
    tokenDomain: usdcDomain(anvil.chainId, token),
    stateFile,
    mint: (to, amountAtomic) => mintTestUsdc(client, deployer, token, to, amountAtomic),
    pass: async (seconds) => {
      await callRpc(anvil.rpcUrl, 'evm_increaseTime', [seconds]);
      await callRpc(anvil.rpcUrl, 'evm_mine', []);
    },
    now: async () => Number((await client.getBlock({ blockTag: 'latest' })).timestamp),
    close: async () => {
      await anvil.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { pad } from 'viem';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { type Anvil, startAnvil } from '../../lib/local/evm.ts';
import { type ChainClient, createChainClient } from '../../lib/market/chain/chain-client.ts';
import { createTransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { mintTestUsdc } from '../../lib/market/escrow/deploy-test-market.ts';
import { compileSources, readContracts } from '../../scripts/build/contracts.ts';
import { testAccount, testAddresses } from './test-accounts.ts';

/** USDC on Base. */
export const BASE_USDC: Address = '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913';
const ERC1967_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

/** A chain of our own that looks like Base: its id, and a proxied USDC at the address of Base's. */
export interface BaseChain {
  readonly anvil: Anvil;
  readonly client: ChainClient;
  readonly mint: (to: Address, amountAtomic: bigint) => Promise<Hex>;
  readonly setWei: (account: Address, wei: bigint) => Promise<void>;
  readonly setCode: (account: Address, code: Hex) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts it. Account 0 of the test mnemonic mints. */
export async function startBaseChain(): Promise<BaseChain> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-base-'));
  const anvil = await startAnvil({
    stateFile: join(dir, 'chain.json'),
    funded: testAddresses(1),
    chainId: 8453,
    log: () => undefined,
  });
  const client = createChainClient(anvil.rpcUrl, anvil.chainId);
  const setCode = async (account: Address, code: Hex): Promise<void> => {
    await callRpc(anvil.rpcUrl, 'anvil_setCode', [account, code]);
  };
  const file = 'ProxiedUSDC.sol';
  const text = await readFile(new URL(`../contracts/sources/${file}`, import.meta.url), 'utf8');
  const artifactOf = await compileSources({ ...(await readContracts()), [file]: text });
  const minter = createTransactionSender({ client, account: testAccount(0) });
  const data = artifactOf(file, 'ProxiedUSDC').bytecode as Hex;
  const { contractAddress } = await minter.send({ data, gas: 6_000_000n });
  if (contractAddress === null || contractAddress === undefined) throw new Error('the token was not deployed');
  await setCode(BASE_USDC, artifactOf(file, 'UsdcProxy').deployedBytecode as Hex);
  await callRpc(anvil.rpcUrl, 'anvil_setStorageAt', [BASE_USDC, ERC1967_SLOT, pad(contractAddress)]);
  return {
    anvil,
    client,
    setCode,
    mint: (to, amountAtomic) => mintTestUsdc(minter, BASE_USDC, to, amountAtomic),
    setWei: async (account, wei) => {
      await callRpc(anvil.rpcUrl, 'anvil_setBalance', [account, `0x${wei.toString(16)}`]);
    },
    close: async () => {
      await anvil.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

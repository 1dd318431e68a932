import type { LocalAccount } from 'viem';
import { createTestClient, http, publicActions } from 'viem';
import { embeddedChain } from '../../core/chains.ts';
import { parseUsdc } from '../../core/money.ts';
import { writeDurably } from '../../files/durable.ts';
import type { TradeSettings } from '../../flows/trade/settings.ts';
import type { Anvil } from '../../local/evm.ts';
import { createChainClient } from '../../market/chain/chain-client.ts';
import { createTransactionSender } from '../../market/chain/transaction-sender.ts';
import { usdcAbi } from '../../market/contracts/usdc-abi.ts';
import { deployMarket, mintTestUsdc } from '../../market/escrow/deploy-test-market.ts';
import { type Deployment, readDeployment } from '../../market/escrow/deployment.ts';

/** How many accounts have ETH at the start of the embedded chain: those of the system agents, which send transactions. */
export const FUNDED_ACCOUNTS = 6;

/** What the treasury gets on one machine, once. */
const MINTED_ATOMIC = parseUsdc('1000000');
const TREASURY_WEI = 10n ** 22n;

/**
 * Deploys the contracts on the embedded chain if they are missing, and gives the treasury its test money and gas. Safe to
 * repeat after a kill at any point.
 */
export async function prepareChain(
  anvil: Pick<Anvil, 'rpcUrl' | 'chainId'>,
  treasury: LocalAccount,
  settings: TradeSettings,
  deploymentFile: string,
): Promise<Deployment> {
  const test = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) }).extend(publicActions);
  if ((await test.getBalance({ address: treasury.address })) < TREASURY_WEI / 2n) {
    await test.setBalance({ address: treasury.address, value: TREASURY_WEI });
  }
  const client = createChainClient(anvil.rpcUrl, anvil.chainId);
  const deployer = createTransactionSender({ client, account: treasury });
  const { token, escrow } = await deployMarket(client, deployer, {
    minRevealWindow: embeddedChain.escrow.minRevealWindowSeconds,
    minDisputeWindow: settings.disputeWindowSeconds,
  });
  const supply = await client.readContract({ address: token, abi: usdcAbi, functionName: 'totalSupply' });
  if (supply === 0n) await mintTestUsdc(deployer, token, treasury.address, MINTED_ATOMIC);
  const deployment: Deployment = { chainId: anvil.chainId, escrow, token, fromBlock: 0 };
  const known = await readDeployment(deploymentFile);
  if (known?.escrow !== escrow) await writeDurably(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`);
  return deployment;
}

import type { Address, Hex, LocalAccount } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { ChainConfig } from '../chain/chain-config.ts';
import { hasCode } from '../chain/has-code.ts';
import { estimateCost, formatEth, type TransactionCost } from '../chain/transaction-cost.ts';
import { createTransactionSender, type ReceiptPolling } from '../chain/transaction-sender.ts';
import { CREATE2_FACTORY, deployEscrow, ESCROW_SALT, type EscrowPlan, planEscrow } from './deploy-escrow.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import { type Provenance, requireSameDeployment, writeRecord } from './deployment-record.ts';
import { escrowSettingsOf } from './escrow-settings.ts';
import { verifyEscrow } from './verify-escrow.ts';

/** The planned escrow of a configured chain, and its record if there is one. */
export interface PlannedDeployment {
  readonly client: ChainClient;
  readonly config: ChainConfig;
  readonly escrow: EscrowPlan;
  /** The file of the record. */
  readonly file: string;
  readonly record: Deployment | undefined;
}

/** The cost of a deployment and the payer's balance, in wei. */
export interface DeploymentPrice {
  readonly cost: TransactionCost;
  readonly balanceWei: bigint;
}

/** A deployment and the transaction that made it. */
export interface SentDeployment {
  readonly deployment: Deployment;
  readonly tx: Hex;
}

/** How long to wait for a deployment. Base makes a block every 2 s; a deployment that takes longer is found by the next run. */
const POLLING: ReceiptPolling = { timeoutMs: 120_000, intervalMs: 500 };

/**
 * Plans the escrow of a chain for its token, which must be USDC (see `requireUsdc`). The address depends only on code, token
 * and windows, so every run plans the same.
 * @throws SwarmError `contracts/bad-record`, `contracts/other-deployment`.
 */
export async function planDeployment(
  client: ChainClient,
  config: ChainConfig,
  file: string,
): Promise<PlannedDeployment> {
  const token = config.token.address;
  const escrow = planEscrow(token, escrowSettingsOf(config));
  const record = await readDeployment(file);
  requireSameDeployment(record, { chainId: config.chainId, escrow: escrow.address, token }, file);
  return { client, config, escrow, file, record };
}

/** The deployment of a plan; `fromBlock` is where the events of the escrow begin. */
export function deploymentOf({ config, escrow }: PlannedDeployment, fromBlock: number): Deployment {
  const { chainId, token } = config;
  return { chainId, escrow: escrow.address, token: token.address, tokenName: token.name, fromBlock };
}

/**
 * Finds the escrow that an earlier run deployed, and checks its code; undefined if it isn't deployed.
 * @param findBlock finds the block of a deployment without a record.
 * @throws SwarmError `market/wrong-deployment`, and what `findBlock` throws.
 */
export async function findDeployment(
  plan: PlannedDeployment,
  findBlock: () => Promise<number>,
): Promise<Deployment | undefined> {
  const { client, config, escrow, record } = plan;
  if (!(await hasCode(client, escrow.address))) return undefined;
  await verifyEscrow(client, escrow.address, config.token.address, escrowSettingsOf(config));
  return deploymentOf(plan, record?.fromBlock ?? (await findBlock()));
}

/**
 * Estimates what a deployment costs its payer.
 * @throws SwarmError `contracts/no-factory` if the chain has no factory, and what estimating throws.
 */
export async function priceDeployment(
  { client, config, escrow }: PlannedDeployment,
  payer: Address,
): Promise<DeploymentPrice> {
  if (!(await hasCode(client, CREATE2_FACTORY))) {
    throw new SwarmError({
      code: 'contracts/no-factory',
      disposition: 'stop',
      message: `${config.name} has no deployment factory at ${CREATE2_FACTORY}`,
      next: 'It exists on Base, Base Sepolia and anvil; deploy it first (github.com/Arachnid/deterministic-deployment-proxy).',
    });
  }
  const cost = await estimateCost(client, payer, { to: CREATE2_FACTORY, data: escrow.data });
  const balanceWei = await readingChain('the payer’s balance', () => client.getBalance({ address: payer }));
  return { cost, balanceWei };
}

/**
 * Checks that the payer can pay.
 * @throws SwarmError `contracts/payer-short`
 */
export function requirePayable({ config }: PlannedDeployment, payer: Address, price: DeploymentPrice): void {
  const { cost, balanceWei } = price;
  if (balanceWei >= cost.mostWei) return;
  throw new SwarmError({
    code: 'contracts/payer-short',
    disposition: 'stop',
    message: `The payer ${payer} has ${formatEth(balanceWei)}; the deployment may cost ${formatEth(cost.mostWei)}`,
    next: `Send it ${formatEth(cost.mostWei - balanceWei)} or more on ${config.name}. Nothing was sent.`,
  });
}

/**
 * Deploys the escrow and checks its code. After an interruption, run the command again: it finds the escrow.
 * @throws what sending throws, and SwarmError `market/wrong-deployment`.
 */
export async function sendDeployment(
  plan: PlannedDeployment,
  account: LocalAccount,
  { cost }: DeploymentPrice,
): Promise<SentDeployment> {
  const { client, config, escrow } = plan;
  const receipt = await deployEscrow(createTransactionSender({ client, account, polling: POLLING }), escrow, cost.gas);
  await verifyEscrow(client, escrow.address, config.token.address, escrowSettingsOf(config));
  return { deployment: deploymentOf(plan, Number(receipt.blockNumber)), tx: receipt.transactionHash };
}

/**
 * Writes the record of a deployment.
 * @param origin the commit and the time, and the payer and the transaction; these two are absent if the escrow was found.
 * @throws SwarmError `swarm/unwritable`
 */
export async function recordDeployment(
  { config, escrow, file }: PlannedDeployment,
  deployment: Deployment,
  origin: Pick<Provenance, 'revision' | 'at' | 'tx' | 'payer'>,
): Promise<void> {
  const { revision, at, ...sent } = origin;
  await writeRecord(file, deployment, {
    chain: config.name,
    factory: CREATE2_FACTORY,
    salt: ESCROW_SALT,
    initCodeHash: escrow.initCodeHash,
    ...config.escrow,
    revision,
    at,
    ...sent,
  });
}

import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore } from '../../lib/aws/secret-store.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { formatBuild } from '../../lib/core/protocol.ts';
import { formatIso } from '../../lib/core/time.ts';
import { readBuild } from '../../lib/files/project.ts';
import { requirePrivate } from '../../lib/keys/mnemonic.ts';
import { deriveTreasury, type Wallet } from '../../lib/keys/wallets.ts';
import type { ChainClient } from '../../lib/market/chain/chain-client.ts';
import { readingChain } from '../../lib/market/chain/chain-client.ts';
import { type ChainConfig, loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect.ts';
import { estimateCost, formatEth, type TransactionCost } from '../../lib/market/chain/transaction-cost.ts';
import { verifyEscrow } from '../../lib/market/escrow/deploy.ts';
import {
  CREATE2_FACTORY,
  deployEscrow,
  ESCROW_SALT,
  type EscrowPlan,
  hasCode,
  planEscrow,
} from '../../lib/market/escrow/deploy-anywhere.ts';
import { type Deployment, readDeployment } from '../../lib/market/escrow/deployment.ts';
import { type Provenance, requireSameDeployment, writeRecord } from '../../lib/market/escrow/deployment-record.ts';
import { findFirstBlock } from '../../lib/market/escrow/first-block.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { type ChainOptions, recordFile, settingsOf } from '../terminal/chain-options.ts';
import { confirm } from '../terminal/confirm.ts';
import { type MnemonicOptions, readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `contracts deploy`. */
export interface DeployOptions extends ChainOptions, MnemonicOptions, AwsPlace {
  readonly fromBlock?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Base makes a block every 2 s; a deployment that takes longer than this is left to the next run, which finds it. */
const POLLING = { timeoutMs: 120_000, intervalMs: 500 };

/**
 * Deploys the escrow of a chain from the treasury's wallet, or finds it where an earlier run put it, checks its code
 * and writes where it is. Shows what it costs first. Can be repeated: the escrow's address follows from what it is.
 */
export async function contractsDeploy(options: DeployOptions): Promise<number> {
  const config = await loadChain(options.chain);
  const file = recordFile(options, config);
  const client = await connectChain(config);
  await requireUsdc(client, config);
  const token = config.token.address;
  const plan = planEscrow(token, settingsOf(config));
  const known = await readDeployment(file);
  requireSameDeployment(known, { chainId: config.chainId, escrow: plan.address, token }, file);

  if (await hasCode(client, plan.address)) {
    await verifyEscrow(client, plan.address, token, settingsOf(config));
    const fromBlock = known?.fromBlock ?? (await firstBlock(client, plan, options.fromBlock));
    const deployment = deploymentOf(config, plan, fromBlock);
    if (known === undefined && !options.dryRun) await writeRecord(file, deployment, await provenanceOf(config, plan));
    return tell(options, deployment, 'found', file, `The escrow is deployed already, and its code is right.`);
  }

  const mnemonic = await readMnemonic(options, () =>
    createSecretStore({ ...options, credentials: createTerminalCredentials() }),
  );
  requirePrivate(mnemonic);
  const payer = deriveTreasury(mnemonic);
  const cost = await price(client, config, plan, payer, options.json ?? false);
  if (options.dryRun) {
    return tell(options, deploymentOf(config, plan, 0), 'planned', file, 'A dry run: nothing was sent.');
  }
  const question = `Deploy to ${config.name} (chain ${config.chainId})?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was sent.', hasDryRun: true }))) return 1;
  const receipt = await deployEscrow(client, payer.account, plan, cost.gas, POLLING);
  await verifyEscrow(client, plan.address, token, settingsOf(config));
  const deployment = deploymentOf(config, plan, Number(receipt.blockNumber));
  const origin = { tx: receipt.transactionHash, payer: payer.address };
  await writeRecord(file, deployment, { ...(await provenanceOf(config, plan)), ...origin });
  return tell(options, deployment, 'deployed', file, `Deployed in ${receipt.transactionHash}; its code is right.`);
}

/** Shows what the deployment costs, and refuses when the payer can't pay it or there is no factory. */
async function price(
  client: ChainClient,
  config: ChainConfig,
  plan: EscrowPlan,
  payer: Wallet,
  isQuiet: boolean,
): Promise<TransactionCost> {
  if (!(await hasCode(client, CREATE2_FACTORY))) {
    throw new SwarmError({
      code: 'contracts/no-factory',
      disposition: 'stop',
      message: `${config.name} has no deployment factory at ${CREATE2_FACTORY}`,
      next: 'It stands on Base, Base Sepolia and anvil; deploy it first (github.com/Arachnid/deterministic-deployment-proxy).',
    });
  }
  const cost = await estimateCost(client, payer.address, { to: CREATE2_FACTORY, data: plan.data });
  const balance = await readingChain('the payer’s balance', () => client.getBalance({ address: payer.address }));
  if (!isQuiet) {
    const { minRevealWindowSeconds: reveal, minDisputeWindowSeconds: dispute } = config.escrow;
    printTable(
      ['', ''],
      [
        ['chain', `${config.name}, id ${config.chainId}`],
        ['escrow', plan.address],
        ['token', `${config.token.address} (${config.token.name})`],
        ['least windows', `${reveal} s to reveal, ${dispute} s to dispute; they can never be changed`],
        ['payer', `${payer.address} (the treasury) with ${formatEth(balance)}`],
        ['gas', `${cost.gas} at ${Number(cost.gasPriceWei) / 1e9} gwei`],
        ['cost', `about ${formatEth(cost.expectedWei)}, at most ${formatEth(cost.mostWei)}`],
      ],
    );
  }
  if (balance >= cost.mostWei) return cost;
  throw new SwarmError({
    code: 'contracts/payer-short',
    disposition: 'stop',
    message: `The payer ${payer.address} has ${formatEth(balance)}; the deployment may cost ${formatEth(cost.mostWei)}`,
    next: `Send it ${formatEth(cost.mostWei - balance)} or more on ${config.name}. Nothing was sent.`,
  });
}

async function firstBlock(client: ChainClient, plan: EscrowPlan, given: string | undefined): Promise<number> {
  if (given === undefined) return await findFirstBlock(client, plan.address);
  if (/^\d{1,12}$/.test(given)) return Number(given);
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `--from-block ${JSON.stringify(given.slice(0, 40))} is not the number of a block`,
    next: 'See swarm-ops contracts deploy --help.',
  });
}

function deploymentOf({ chainId, token }: ChainConfig, { address: escrow }: EscrowPlan, fromBlock: number): Deployment {
  return { chainId, escrow, token: token.address, tokenName: token.name, fromBlock };
}

async function provenanceOf({ name, escrow }: ChainConfig, { initCodeHash }: EscrowPlan): Promise<Provenance> {
  return {
    chain: name,
    factory: CREATE2_FACTORY,
    salt: ESCROW_SALT,
    initCodeHash,
    ...escrow,
    revision: formatBuild(await readBuild()),
    at: formatIso(Math.floor(Date.now() / 1000)),
  };
}

function tell(
  { json }: DeployOptions,
  deployment: Deployment,
  result: 'found' | 'planned' | 'deployed',
  file: string,
  words: string,
): number {
  if (json) printJson('Deployment', [{ ...deployment, result, file }]);
  else {
    printLine(words);
    if (result !== 'planned') printLine(`Escrow ${deployment.escrow}, token ${deployment.token}: see ${file}.`);
  }
  return 0;
}

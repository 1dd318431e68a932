import type { Address } from 'viem';
import { SwarmError } from '../../lib/core/errors.ts';
import { formatBuild } from '../../lib/core/protocol.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { readBuild } from '../../lib/files/project.ts';
import { requirePrivate } from '../../lib/keys/mnemonic.ts';
import { deriveTreasury } from '../../lib/keys/wallets.ts';
import { loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect-chain.ts';
import { findFirstBlock } from '../../lib/market/chain/find-first-block.ts';
import { formatEth } from '../../lib/market/chain/transaction-cost.ts';
import type { Deployment } from '../../lib/market/escrow/deployment.ts';
import {
  type DeploymentPrice,
  deploymentOf,
  findDeployment,
  type PlannedDeployment,
  planDeployment,
  priceDeployment,
  recordDeployment,
  requirePayable,
  sendDeployment,
} from '../../lib/market/escrow/planned-deployment.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { type ChainOptions, recordFile } from '../terminal/chain-options.ts';
import { confirm } from '../terminal/confirm.ts';
import type { MnemonicOptions } from '../terminal/mnemonic-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `contracts deploy`. */
export interface DeployOptions extends ChainOptions, MnemonicOptions {
  readonly fromBlock?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/**
 * Deploys the escrow of a chain from the treasury's wallet, or finds the one of an earlier run, checks its code and records its
 * address. Shows the cost first. Safe to repeat: the address follows from code and settings (CREATE2).
 */
export async function contractsDeploy(options: DeployOptions): Promise<number> {
  const config = await loadChain(options.chain);
  const file = recordFile(options, config);
  const client = await connectChain(config);
  await requireUsdc(client, config);
  const plan = await planDeployment(client, config, file);
  const found = await findDeployment(plan, () => firstBlock(plan, options.fromBlock));
  if (found !== undefined) {
    if (plan.record === undefined && !options.dryRun) await recordDeployment(plan, found, await origin());
    return tell(options, found, 'found', file, `The escrow is already deployed, and its code is correct.`);
  }

  const mnemonic = await readMnemonic(options);
  requirePrivate(mnemonic);
  const payer = deriveTreasury(mnemonic);
  const price = await priceDeployment(plan, payer.address);
  if (!options.json) showPrice(plan, payer.address, price);
  requirePayable(plan, payer.address, price);
  if (options.dryRun) {
    return tell(options, deploymentOf(plan, 0), 'planned', file, 'A dry run: nothing was sent.');
  }
  const question = `Deploy to ${config.name} (chain ${config.chainId})?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was sent.', hasDryRun: true }))) return 1;
  const { deployment, tx } = await sendDeployment(plan, payer.account, price);
  await recordDeployment(plan, deployment, { ...(await origin()), tx, payer: payer.address });
  return tell(options, deployment, 'deployed', file, `Deployed in ${tx}; its code is correct.`);
}

async function origin(): Promise<{ readonly revision: string; readonly at: string }> {
  return { revision: formatBuild(await readBuild()), at: formatIso(systemClock()) };
}

async function firstBlock({ client, escrow }: PlannedDeployment, given: string | undefined): Promise<number> {
  if (given === undefined) return await findFirstBlock(client, escrow.address);
  if (/^\d{1,12}$/.test(given)) return Number(given);
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: `--from-block ${JSON.stringify(given.slice(0, 40))} is not the number of a block`,
    next: 'See swarm-ops contracts deploy --help.',
  });
}

function showPrice({ config, escrow }: PlannedDeployment, payer: Address, { cost, balanceWei }: DeploymentPrice): void {
  const { minRevealWindowSeconds: reveal, minDisputeWindowSeconds: dispute } = config.escrow;
  printTable(
    ['', ''],
    [
      ['chain', `${config.name}, id ${config.chainId}`],
      ['escrow', escrow.address],
      ['token', `${config.token.address} (${config.token.name})`],
      ['minimum windows', `${reveal} s to reveal, ${dispute} s to dispute; they can never be changed`],
      ['payer', `${payer} (the treasury) with ${formatEth(balanceWei)}`],
      ['gas', `${cost.gas} at ${Number(cost.gasPriceWei) / 1e9} gwei`],
      ['cost', `about ${formatEth(cost.expectedWei)}, at most ${formatEth(cost.mostWei)}`],
    ],
  );
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

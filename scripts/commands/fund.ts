import { isAddress } from 'viem';
import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore } from '../../lib/aws/secret-store.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { whole } from '../../lib/core/whole-number.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { requireEnough } from '../../lib/flows/treasury/funding-shortage.ts';
import { itemsToSend, prepareFunding } from '../../lib/flows/treasury/prepare-funding.ts';
import { sendFunding } from '../../lib/flows/treasury/send-funding.ts';
import { type FundingParties, partiesOfMnemonic, partiesStated } from '../../lib/host/funding-parties.ts';
import { loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect-chain.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import type { MnemonicOptions } from '../terminal/mnemonic-options.ts';
import { readMnemonic } from '../terminal/mnemonic-source.ts';
import { printLine } from '../terminal/print.ts';
import { printFunding, showFunding } from '../terminal/show-funding.ts';

/** The options of `fund`. */
export interface FundOptions extends MnemonicOptions, AwsPlace {
  readonly chain: string;
  readonly agents: string;
  readonly days: string;
  readonly backlogDays?: string;
  readonly treasury?: string;
  readonly gasOnly?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Sends ETH for gas to system agents and a day's USDC to community agents from the treasury, after showing the plan; with
 * `--backlog-days` also the start money of system agents. Reads all balances first, so that a second run sends only what is still
 * missing.
 */
export async function fund(options: FundOptions): Promise<number> {
  const { dryRun, gasOnly = false, json, yes } = options;
  const days = whole('--days', options.days, 1, 365);
  const backlogDays =
    options.backlogDays === undefined ? undefined : whole('--backlog-days', options.backlogDays, 0, 10_000);
  const config = await loadChain(options.chain);
  const parties = await readParties(options);
  const client = await connectChain(config);
  const funding = await prepareFunding(client, config, parties, { ...config.gas, days, backlogDays, gasOnly });

  if (!json) showFunding(config, funding);
  const { length: count } = itemsToSend(funding);
  if (dryRun || count === 0 || parties.account === undefined) {
    if (json) printFunding(funding, new Set());
    else printLine(count === 0 ? 'Nothing to send.' : 'A dry run: nothing was sent.');
    return 0;
  }
  requireEnough(funding, config.name);
  const question = `Send to ${count} agents on ${config.name}?`;
  if (!yes && !(await confirm({ question, otherwise: 'Nothing was sent.', hasDryRun: true }))) return 1;
  const done = await sendFunding(client, config, parties.account, funding);
  if (json) printFunding(funding, done);
  else printLine(`Sent to ${done.size} agents.`);
  return 0;
}

async function readParties(options: FundOptions): Promise<FundingParties> {
  const manifests = await loadManifests([options.agents]);
  if (options.treasury !== undefined) {
    if (!options.dryRun || !isAddress(options.treasury)) {
      throw new SwarmError({
        code: 'swarm/bad-option',
        disposition: 'stop',
        message: '--treasury takes the treasury’s address and can only be used with --dry-run',
        next: 'To send, leave it out: the mnemonic says which wallet is the treasury.',
      });
    }
    return partiesStated(options.treasury, manifests);
  }
  const store = () => createSecretStore({ ...options, credentials: createTerminalCredentials() });
  return partiesOfMnemonic(await readMnemonic(options, store), manifests);
}

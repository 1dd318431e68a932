import type { Address, LocalAccount } from 'viem';
import { isAddress } from 'viem';
import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore } from '../../lib/aws/secret-store.ts';
import { dispositionOf, formatError, SwarmError } from '../../lib/core/errors.ts';
import type { Manifest } from '../../lib/core/manifest.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { whole } from '../../lib/core/whole-number.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { type FundingItem, type FundingWishes, planFunding } from '../../lib/flows/treasury/funding-plan.ts';
import { type FundingState, readDay, readFundingState } from '../../lib/flows/treasury/funding-state.ts';
import { sendGas } from '../../lib/flows/treasury/send-gas.ts';
import { handOutNonce } from '../../lib/flows/treasury/treasury-nonce.ts';
import { assessTreasury, type Shortage } from '../../lib/flows/treasury/treasury-shortage.ts';
import { requirePrivate } from '../../lib/keys/mnemonic.ts';
import { deriveTreasury, deriveWallets, requireStated } from '../../lib/keys/wallets.ts';
import type { ChainClient } from '../../lib/market/chain/chain-client.ts';
import { type ChainConfig, loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect.ts';
import { formatEth } from '../../lib/market/chain/transaction-cost.ts';
import { usdcDomain } from '../../lib/market/terms/domain.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { sendTransfer } from '../../lib/market/token/token.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import { type MnemonicOptions, readMnemonic } from '../terminal/mnemonic-source.ts';
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

/** Whose money is handed out, and to whom: with the treasury's account, unless it is only looked at. */
interface Parties {
  readonly treasury: Address;
  readonly account: LocalAccount | undefined;
  readonly agents: readonly { readonly manifest: Manifest; readonly address: Address }[];
}

const POLLING = { timeoutMs: 120_000, intervalMs: 250 };

/**
 * Gives system agents ETH for gas and community agents their day's USDC from the treasury, after showing the plan; with
 * `--backlog-days` also system agents their start. Reads all balances first, so repeating it sends only what is still
 * missing; USDC carries the nonce that the running treasury uses too, so the two never pay twice.
 */
export async function fund(options: FundOptions): Promise<number> {
  const days = whole('--days', options.days, 1, 365);
  const backlogDays =
    options.backlogDays === undefined ? undefined : whole('--backlog-days', options.backlogDays, 0, 10_000);
  const config = await loadChain(options.chain);
  const parties = await readParties(options, await loadManifests([options.agents]));
  const client = await connectChain(config);
  await requireUsdc(client, config);
  const state = await readFundingState(client, config.token.address, parties.treasury, parties.agents);
  const wishes = { keepAtLeast: config.gas.keepAtLeast, topUpTo: config.gas.topUpTo, days, backlogDays };
  const items = planFunding(state.agents, wishes).map((item) => (options.gasOnly ? { ...item, sendAtomic: 0n } : item));
  const shortage = await assessTreasury(client, state, items);

  if (!options.json) showFunding(config, state, items, shortage, days);
  const work = items.filter(({ sendWei, sendAtomic }) => sendWei > 0n || sendAtomic > 0n);
  if (options.dryRun || work.length === 0 || parties.account === undefined) {
    if (options.json) printFunding(state, items, shortage, new Set());
    else printLine(work.length === 0 ? 'Nothing to send.' : 'A dry run: nothing was sent.');
    return 0;
  }
  requireEnough(state, shortage, config);
  const question = `Send to ${work.length} agents on ${config.name}?`;
  if (!options.yes && !(await confirm({ question, otherwise: 'Nothing was sent.', hasDryRun: true }))) return 1;
  const done = await sendAll({ client, config, account: parties.account, wishes, day: state.day }, work);
  if (options.json) printFunding(state, items, shortage, done);
  else printLine(`Sent to ${done.size} agents.`);
  return 0;
}

async function readParties(options: FundOptions, manifests: readonly Manifest[]): Promise<Parties> {
  if (options.treasury !== undefined) {
    if (!options.dryRun || !isAddress(options.treasury)) {
      throw new SwarmError({
        code: 'swarm/bad-option',
        disposition: 'stop',
        message: '--treasury takes the treasury’s address, and goes with --dry-run only',
        next: 'To send, leave it out: the mnemonic says which wallet is the treasury.',
      });
    }
    const agents = manifests.flatMap((manifest) => {
      const { address } = manifest.spec.wallet;
      return address === undefined ? [] : [{ manifest, address }];
    });
    if (agents.length === manifests.length) return { treasury: options.treasury, account: undefined, agents };
    throw new SwarmError({
      code: 'keys/no-address',
      disposition: 'stop',
      message: `${manifests.length - agents.length} of ${manifests.length} manifests state no spec.wallet.address`,
      next: 'Write the addresses with swarm-ops keys derive --write.',
    });
  }
  const mnemonic = await readMnemonic(options, () =>
    createSecretStore({ ...options, credentials: createTerminalCredentials() }),
  );
  requirePrivate(mnemonic);
  const wallets = deriveWallets(mnemonic, manifests);
  requireStated(wallets);
  const treasury = deriveTreasury(mnemonic);
  const agents = manifests.flatMap((manifest, place) => {
    const address = wallets[place]?.address;
    return address === undefined ? [] : [{ manifest, address }];
  });
  return { treasury: treasury.address, account: treasury.account, agents };
}

function requireEnough({ treasury }: FundingState, { wei, atomic }: Shortage, { name }: ChainConfig): void {
  if (wei === 0n && atomic === 0n) return;
  const lacks = [wei > 0n ? formatEth(wei) : '', atomic > 0n ? `${formatUsdc(atomic)} USDC` : ''].filter(Boolean);
  throw new SwarmError({
    code: 'fund/treasury-short',
    disposition: 'stop',
    message: `The treasury ${treasury.address} lacks ${lacks.join(' and ')} for this`,
    next: `Send it that much or more on ${name}${atomic > 0n ? ', or give gas only (--gas-only)' : ''}. Nothing was sent.`,
  });
}

/** The running treasury gives tomorrow's money by tomorrow's nonce: today's must not go out beside it. */
async function requireDay(client: ChainClient, day: number): Promise<void> {
  if ((await readDay(client)) === day) return;
  throw new SwarmError({
    code: 'fund/day-over',
    disposition: 'wait',
    message: 'The day of budgets that this was planned for is over',
    next: 'Run the command again: it plans for the new one.',
  });
}

/** With what and as of which day money is handed out. */
interface Payment {
  readonly client: ChainClient;
  readonly config: ChainConfig;
  readonly account: LocalAccount;
  readonly wishes: FundingWishes;
  readonly day: number;
}

async function sendAll(
  { client, config, account, wishes, day }: Payment,
  work: readonly FundingItem[],
): Promise<ReadonlySet<string>> {
  const domain = usdcDomain(config.chainId, config.token.address, config.token.name);
  const done = new Set<string>();
  for (const item of work) {
    const { name, manifest, address, sendAtomic } = item;
    try {
      if (item.sendWei > 0n) await sendGas(client, account, item, wishes, POLLING);
      if (sendAtomic > 0n) {
        await requireDay(client, day);
        const nonce = handOutNonce(manifest, day);
        await sendTransfer(client, account, domain, { to: address, amountAtomic: sendAtomic, nonce }, POLLING);
      }
    } catch (error) {
      throw new SwarmError({
        code: 'fund/incomplete',
        disposition: dispositionOf(error),
        message: `${name}: ${formatError(error)}\n${done.size} of ${work.length} agents have got theirs`,
        next: 'Run the same command again: it reads the balances anew and sends what is still missing.',
        cause: error,
      });
    }
    done.add(name);
  }
  return done;
}

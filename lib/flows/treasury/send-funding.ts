import type { LocalAccount } from 'viem';
import { dispositionOf, formatError, SwarmError } from '../../core/errors.ts';
import type { ChainClient } from '../../market/chain/chain-client.ts';
import type { ChainConfig } from '../../market/chain/chain-config.ts';
import { createTransactionSender, type TransactionSender } from '../../market/chain/transaction-sender.ts';
import { usdcDomain } from '../../market/terms/domain.ts';
import { sendTransfer } from '../../market/token/token.ts';
import type { FundingItem } from './funding-plan.ts';
import { readDay } from './funding-state.ts';
import { type Funding, itemsToSend } from './prepare-funding.ts';
import { sendGas } from './send-gas.ts';
import { handOutNonce } from './treasury-nonce.ts';

const POLLING = { timeoutMs: 120_000, intervalMs: 250 };

/**
 * Makes the planned transfers, one agent after another. USDC transfers use the same nonces as the running treasury, so the
 * two never pay twice, and a repetition sends only what is still missing.
 * @returns the names of the agents that got their money.
 * @throws SwarmError `fund/incomplete` if a transfer fails; the agents before it got their money.
 */
export async function sendFunding(
  client: ChainClient,
  config: ChainConfig,
  account: LocalAccount,
  funding: Funding,
): Promise<ReadonlySet<string>> {
  const sender = createTransactionSender({ client, account, polling: POLLING });
  const work = itemsToSend(funding);
  const done = new Set<string>();
  for (const item of work) {
    try {
      if (item.sendWei > 0n) await sendGas(client, sender, item, funding.options);
      if (item.sendAtomic > 0n) await sendDay(client, config, sender, item, funding.state.day);
    } catch (error) {
      throw new SwarmError({
        code: 'fund/incomplete',
        disposition: dispositionOf(error),
        message: `${item.name}: ${formatError(error)}\n${done.size} of ${work.length} agents got their money`,
        next: 'Run the same command again: it reads the balances anew and sends what is still missing.',
        cause: error,
      });
    }
    done.add(item.name);
  }
  return done;
}

async function sendDay(
  client: ChainClient,
  { chainId, token }: ChainConfig,
  sender: TransactionSender,
  { manifest, address: to, sendAtomic: amountAtomic }: FundingItem,
  day: number,
): Promise<void> {
  await requireDay(client, day);
  const nonce = handOutNonce(manifest, day);
  await sendTransfer(client, sender, usdcDomain(chainId, token.address, token.name), { to, amountAtomic, nonce });
}

/** Checks that the budget day of the plan isn't over: the running treasury then uses the next day's nonces, and both would pay. */
async function requireDay(client: ChainClient, day: number): Promise<void> {
  if ((await readDay(client)) === day) return;
  throw new SwarmError({
    code: 'fund/day-over',
    disposition: 'wait',
    message: 'The budget day that this was planned for is over',
    next: 'Run the command again: it plans for the new day.',
  });
}

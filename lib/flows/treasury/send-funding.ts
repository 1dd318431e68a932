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
 * Sends what was planned, one agent after the other. USDC carries the nonce that the running treasury uses too, so the
 * two never pay twice, and repeating it sends only what is still missing.
 * @returns the names of the agents that have got theirs.
 * @throws SwarmError `fund/incomplete` when one of them fails; the ones before have got theirs.
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
      if (item.sendWei > 0n) await sendGas(client, sender, item, funding.wishes);
      if (item.sendAtomic > 0n) await sendDay(client, config, sender, item, funding.state.day);
    } catch (error) {
      throw new SwarmError({
        code: 'fund/incomplete',
        disposition: dispositionOf(error),
        message: `${item.name}: ${formatError(error)}\n${done.size} of ${work.length} agents have got theirs`,
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

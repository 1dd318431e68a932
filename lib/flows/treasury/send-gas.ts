import type { Address } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { readCounts } from '../../market/chain/account-state.ts';
import { type ChainClient, readingChain } from '../../market/chain/chain-client.ts';
import type { TransactionSender } from '../../market/chain/transaction-sender.ts';
import type { FundingItem, FundingOptions } from './funding-plan.ts';
import { TRANSFER_GAS } from './funding-shortage.ts';

/**
 * Sends one agent the ETH that it still lacks, and no more than was planned. Transfers of an earlier run may have been mined
 * since the plan was made, so the balance is read again, and only if no transaction of the payer is pending, so that it
 * includes everything sent before.
 * @returns what was sent, in wei; zero if the agent has enough by now.
 * @throws SwarmError `fund/transfer-in-flight`, `fund/transfer-reverted`, and what `TransactionSender.send` throws.
 */
export async function sendGas(
  client: ChainClient,
  payer: TransactionSender,
  { name, address: to, sendWei }: Pick<FundingItem, 'name' | 'address' | 'sendWei'>,
  options: Pick<FundingOptions, 'keepAtLeast' | 'topUpTo'>,
): Promise<bigint> {
  await requireIdle(client, payer.account.address, name);
  const wei = await readingChain('a balance', () => client.getBalance({ address: to }));
  if (wei >= options.keepAtLeast) return 0n;
  const lacking = options.topUpTo - wei;
  const valueWei = lacking < sendWei ? lacking : sendWei;
  const receipt = await payer.send({ to, data: '0x', valueWei, gas: TRANSFER_GAS });
  if (receipt.status === 'success') return valueWei;
  throw new SwarmError({
    code: 'fund/transfer-reverted',
    disposition: 'stop',
    message: `The transfer ${receipt.transactionHash} was reverted`,
    next: `Check on a block explorer whether ${to} is a contract that refuses ETH.`,
  });
}

async function requireIdle(client: ChainClient, address: Address, name: string): Promise<void> {
  const { mined, pending } = await readCounts(client, address);
  if (mined === pending) return;
  throw new SwarmError({
    code: 'fund/transfer-in-flight',
    disposition: 'wait',
    message: `${pending - mined} transactions of the treasury ${address} are not mined yet; ${name} may get its ETH by one`,
    next: 'Wait until they are (a block explorer shows them), then run the command again.',
  });
}

import { TREASURY } from '../../lib/core/ids.ts';
import { formatUsdc, sumAtomic } from '../../lib/core/money.ts';
import type { Funding } from '../../lib/flows/treasury/prepare-funding.ts';
import type { ChainConfig } from '../../lib/market/chain/chain-config.ts';
import { formatEth } from '../../lib/market/chain/transaction-cost.ts';
import { printJson, printLine, printTable } from './print.ts';

/** Shows a funding plan as a table, and whether the treasury has enough for its days. */
export function showFunding({ name }: ChainConfig, { options, state, items, shortage }: Funding): void {
  const { days } = options;
  const { treasury } = state;
  printTable(
    ['agent', 'address', 'ETH', 'send', 'USDC', 'send', `needs in ${days} d`],
    [...items, undefined].map((item) =>
      item === undefined
        ? [TREASURY, treasury.address, formatEth(treasury.wei), '', formatUsdc(treasury.usdcAtomic), '', '']
        : [
            item.name,
            item.address,
            item.isSystem ? formatEth(item.wei) : '',
            item.sendWei > 0n ? formatEth(item.sendWei) : '',
            formatUsdc(item.usdcAtomic),
            item.sendAtomic > 0n ? formatUsdc(item.sendAtomic) : '',
            formatUsdc(item.needAtomic),
          ],
    ),
  );
  const needed = sumAtomic(items.map(({ needAtomic }) => needAtomic));
  printLine(
    shortage.daysAtomic === 0n
      ? `The treasury has the ${formatUsdc(needed)} USDC that ${days} days may need on ${name}.`
      : `For ${days} days the treasury needs up to ${formatUsdc(needed)} USDC: send ${formatUsdc(shortage.daysAtomic)} USDC to ${treasury.address} on ${name}.`,
  );
}

/** Prints a funding plan as one JSON object; `done` names the agents that were funded. */
export function printFunding({ state, items, shortage }: Funding, done: ReadonlySet<string>): void {
  const { treasury } = state;
  const agents = items.map((item) => ({
    name: item.name,
    address: item.address,
    wei: item.wei.toString(),
    usdcAtomic: item.usdcAtomic.toString(),
    sendWei: item.sendWei.toString(),
    sendAtomic: item.sendAtomic.toString(),
    needAtomic: item.needAtomic.toString(),
    done: done.has(item.name),
  }));
  const ours = {
    name: TREASURY,
    address: treasury.address,
    wei: treasury.wei.toString(),
    usdcAtomic: treasury.usdcAtomic.toString(),
    shortWei: shortage.wei.toString(),
    shortAtomic: shortage.atomic.toString(),
    shortForDaysAtomic: shortage.daysAtomic.toString(),
  };
  printJson('FundingPlan', [...agents, ours]);
}

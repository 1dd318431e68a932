import { formatUsdc } from '../../lib/core/money.ts';
import { systemClock } from '../../lib/core/time.ts';
import { lookAt } from '../../lib/host/look.ts';
import { readKeptTrades } from '../../lib/host/snapshot-file.ts';
import { allTrades, TRADE_KINDS } from '../../lib/market/notes/trade-pairs.ts';
import { tradeItem } from '../../lib/view/trade-item.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** Lists the trades of a swarm, newest last. */
export async function trades(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const { vault, chain, deployment, folder, isRunning } = await lookAt(options.state, TRADE_KINDS);
  const isSeen = chain !== undefined;
  const kept = isSeen || deployment === undefined ? undefined : await readKeptTrades(deployment, folder.escrow);
  const now = chain?.blockTime ?? systemClock();
  const items = [...allTrades(vault, chain)]
    .sort((a, b) => a.buyer.requestedAt - b.buyer.requestedAt || (a.id < b.id ? -1 : 1))
    .map((pair) => tradeItem(pair, now, isSeen, kept));
  if (options.json) {
    printJson('TradeList', items);
    return 0;
  }
  if (items.length === 0) printLine('No trade yet.');
  else {
    printTable(
      ['trade', 'product', 'buyer', 'seller', 'USDC', 'state', 'opened'],
      items.map((item) => [
        item.id.slice(2, 10),
        item.product,
        item.buyer,
        item.seller,
        formatUsdc(BigInt(item.amountAtomic)),
        item.state,
        item.openedAt ?? '',
      ]),
    );
  }
  if (!isRunning) printLine('The swarm is stopped: this is what its vault says.');
  return 0;
}

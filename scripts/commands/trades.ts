import { formatUsdc } from '../../lib/core/money.ts';
import { systemClock } from '../../lib/core/time.ts';
import { lookAt, lookAtMarket } from '../../lib/host/look-at-swarm.ts';
import { readKeptTrades } from '../../lib/host/snapshot-file.ts';
import { listTrades, TRADE_KINDS } from '../../lib/view/trade-item.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** Lists the trades of a swarm, newest last. */
export async function trades(options: { readonly state: string; readonly json?: boolean }): Promise<number> {
  const look = await lookAt(options.state, TRADE_KINDS);
  const { deployment, chain } = await lookAtMarket(look);
  const isKept = chain === undefined && deployment !== undefined;
  const kept = isKept ? await readKeptTrades(deployment, look.folder.escrow) : new Map();
  const items = listTrades(look.vault, { chain, clock: systemClock, kept });
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
  if (!look.isRunning) printLine('The swarm is stopped: this is what its vault says.');
  return 0;
}

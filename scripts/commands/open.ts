import { copyFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SwarmError } from '../../lib/core/errors.ts';
import { systemClock } from '../../lib/core/time.ts';
import { openGoodsStore } from '../../lib/delivery/goods-store.ts';
import { explainWriteErrors } from '../../lib/files/explain-write-errors.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { allRecords, type TradeRecord } from '../../lib/market/notes/trade-record.ts';
import { findTrade } from '../../lib/view/find-trade.ts';
import { TRADE_KINDS } from '../../lib/view/trade-item.ts';
import { printLine } from '../terminal/print.ts';

/** Shows the goods that a trade's buyer received: as text or, with `out`, as a copy of the file. */
export async function open(
  tradeId: string,
  options: { readonly state: string; readonly out?: string; readonly json?: boolean },
): Promise<number> {
  const { vault, folder } = await lookAt(options.state, TRADE_KINDS);
  const trade = findTrade(tradeId, allRecords(vault, { chain: undefined, now: systemClock() }));
  const { received, terms } = trade;
  const { buyer, product } = terms;
  if (received === undefined) throw notReceived(trade);
  const goods = await openGoodsStore(folder.agent(buyer));
  if (!(await goods.has(received.contentDigest))) throw goodsGone(trade);
  const path = goods.path(received.contentDigest);
  if (options.out !== undefined) {
    const target = resolve(options.out);
    if ((await stat(target).catch(() => undefined)) !== undefined) throw targetTaken(target);
    await explainWriteErrors(target, '--out', () => copyFile(path, target));
  }
  if (options.json) {
    const { contentRoot, contentDigest, sizeBytes } = received;
    const item = { trade: trade.id, product, path: options.out ?? path, contentRoot, contentDigest, sizeBytes };
    process.stdout.write(`${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'Goods', items: [item] })}\n`);
    return 0;
  }
  if (options.out !== undefined) {
    printLine(`Wrote ${received.sizeBytes} bytes to ${resolve(options.out)}`);
    return 0;
  }
  // Loaded here only, because it is slow to load.
  const { createProducts } = await import('../../lib/products/registry.ts');
  const definition = createProducts().get(product);
  process.stdout.write(definition === undefined ? `${path}\n` : `${await definition.summarize(path)}\n`);
  return 0;
}

function notReceived({ id, state }: TradeRecord): SwarmError {
  return new SwarmError({
    code: 'swarm/not-received',
    disposition: 'wait',
    message: `The goods of trade ${id} have not been received: it is ${state}`,
    next: 'Look again when it is settled.',
  });
}

function goodsGone({ id, terms }: TradeRecord): SwarmError {
  return new SwarmError({
    code: 'swarm/goods-gone',
    disposition: 'stop',
    message: `The goods of trade ${id} are no longer in the state folder of ${terms.buyer}`,
    next: 'Buy them again, or restore the folder from a copy.',
  });
}

function targetTaken(target: string): SwarmError {
  return new SwarmError({
    code: 'swarm/file-exists',
    disposition: 'stop',
    message: `${target} exists already`,
    next: 'Name a new file with --out.',
  });
}

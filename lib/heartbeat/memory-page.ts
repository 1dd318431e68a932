import { z } from 'zod';
import type { TradeFact } from '../core/facts.ts';
import { agentName, productName } from '../core/ids.ts';
import { table, wikilink } from '../core/markdown.ts';
import { atomicAmount, formatUsdc, sumAtomic } from '../core/money.ts';
import { type NoteKind, noteEnvelope } from '../core/note.ts';

const acquaintance = z.strictObject({
  name: agentName,
  boughtFrom: z.number().int().min(0),
  soldTo: z.number().int().min(0),
  missed: z.number().int().min(0),
});

const lesson = z.strictObject({
  product: productName,
  bought: z.number().int().min(0),
  sold: z.number().int().min(0),
  averagePaidAtomic: atomicAmount,
});

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('memory'),
  schema: z.literal(1),
  id: agentName,
  owner: agentName,
  acquaintances: z.array(acquaintance).max(200),
  lessons: z.array(lesson).max(50),
});
export type Memory = z.infer<typeof schema>;

/** `agents/<name>/memory.md`: what an agent learned from its own trades about other agents and about prices. */
export const memoryKind: NoteKind<Memory> = {
  kind: 'memory',
  version: 1,
  path: /^agents\/([^/]+)\/memory\.md$/,
  schema,
  front: (data) => ({
    ...data,
    lessons: data.lessons.map((item) => ({ ...item, averagePaidAtomic: item.averagePaidAtomic.toString() })),
  }),
  body: (data) =>
    [
      `# What ${data.id} has learned`,
      '',
      '## Others',
      '',
      table(
        ['Who', 'Bought from', 'Sold to', 'Missed reveals'],
        data.acquaintances.map((item) => [
          wikilink(item.name),
          String(item.boughtFrom),
          String(item.soldTo),
          String(item.missed),
        ]),
      ),
      '',
      '## Products',
      '',
      table(
        ['Product', 'Bought', 'Sold', 'Paid on average (USDC)'],
        data.lessons.map((item) => [
          item.product,
          String(item.bought),
          String(item.sold),
          formatUsdc(item.averagePaidAtomic),
        ]),
      ),
      '',
    ].join('\n'),
};

/** Summarizes an agent's ended trades as its memory note. */
export function memoryOf(name: string, trades: readonly TradeFact[]): Memory {
  const ended = trades.filter((trade) => trade.state === 'settled' || trade.state === 'refunded');
  const names = [...new Set(ended.map((trade) => trade.counterparty))].sort();
  const products = [...new Set(ended.map((trade) => trade.product))].sort();
  const settled = ended.filter((trade) => trade.state === 'settled');
  return {
    kind: 'memory',
    schema: 1,
    id: name,
    owner: name,
    acquaintances: names.slice(0, 200).map((other) => ({
      name: other,
      boughtFrom: settled.filter((trade) => trade.side === 'buyer' && trade.counterparty === other).length,
      soldTo: settled.filter((trade) => trade.side === 'seller' && trade.counterparty === other).length,
      missed: ended.filter(
        (trade) => trade.side === 'buyer' && trade.state === 'refunded' && trade.counterparty === other,
      ).length,
    })),
    lessons: products.slice(0, 50).map((product) => {
      const bought = settled.filter((trade) => trade.product === product && trade.side === 'buyer');
      const paid = sumAtomic(bought.map((trade) => trade.amountAtomic));
      return {
        product,
        bought: bought.length,
        sold: settled.filter((trade) => trade.product === product && trade.side === 'seller').length,
        averagePaidAtomic: bought.length === 0 ? 0n : paid / BigInt(bought.length),
      };
    }),
  };
}

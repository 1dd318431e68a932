import { z } from 'zod';

/** What `swarm-ops` prints with `--json`, as the project promises it: no field more, none less. */

const atomic = z.string().regex(/^\d+$/);
const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/);
const account = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const count = z.number().int().min(0);
const time = z.iso.datetime();

const role = z.enum(['coordinator', 'seller', 'extractor', 'validator', 'buyer']);

/** Ends of trades, and what is still open. */
const tradeCounts = z
  .strictObject({
    requested: count,
    completed: count,
    refunded: count,
    disputed: count,
    expired: count,
    open: count,
  })
  .refine((trades) => {
    const { requested, completed, refunded, disputed, expired, open } = trades;
    return requested === completed + refunded + disputed + expired + open;
  }, 'requested must be the sum of the other five');

/** The one JSON object of a run with `--rounds`. */
export const runReport = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('RunReport'),
  agents: z.array(
    z.strictObject({
      name: z.string(),
      role,
      beats: count,
      mostInARound: count,
      errors: count,
      spentAtomic: atomic,
      earnedAtomic: atomic,
    }),
  ),
  vault: z.strictObject({
    path: z.string(),
    remote: z.string(),
    head: z.string().regex(/^[0-9a-f]{40}$/),
    commits: count,
  }),
  irc: z.strictObject({
    address: z.string().regex(/^127\.0\.0\.1:\d+$/),
    channel: z.literal('#karmakadabra'),
    have: count,
    need: count,
    answers: count,
    deals: count,
  }),
  chain: z.strictObject({ rpc: z.url(), chainId: z.number().int(), escrow: account, token: account }),
  trades: tradeCounts,
  products: z.record(z.string(), z.strictObject({ offered: count, sold: count })),
  usdcMovedAtomic: atomic,
  drainBeats: count,
  durationMs: count,
});
export type RunReport = z.infer<typeof runReport>;

const listOf = <Kind extends string, Item extends z.ZodType>(kind: Kind, item: Item) =>
  z.strictObject({ apiVersion: z.literal('karmakadabra/v1'), kind: z.literal(kind), items: z.array(item) });

/** `swarm-ops trades --json`. */
export const tradeList = listOf(
  'TradeList',
  z.strictObject({
    id: hex32,
    offer: hex32,
    buyer: z.string(),
    seller: z.string(),
    product: z.string(),
    amountAtomic: atomic,
    state: z.enum([
      'requested',
      'quoted',
      'authorized',
      'opened',
      'revealed',
      'settled',
      'refunded',
      'disputed',
      'expired',
    ]),
    openedAt: time.nullable(),
    deadline: time.nullable(),
    txs: z.record(z.string(), hex32),
  }),
);
export type TradeItem = z.infer<typeof tradeList>['items'][number];

/** `swarm-ops health --json`. */
export const healthList = listOf(
  'Health',
  z.strictObject({
    name: z.string().min(1),
    status: z.enum(['ok', 'degraded', 'unreachable']),
    detail: z.string().min(1),
    next: z.string(),
  }),
);

/** `swarm-ops status --json`. */
export const statusList = listOf('Status', z.looseObject({ name: z.string(), status: z.string() }));

/** `swarm-ops irc-check --json`. */
export const ircCheckList = listOf(
  'IrcCheck',
  z.looseObject({ name: z.string(), nick: z.string(), present: z.boolean(), have: count, need: count }),
);

/** `swarm-ops open --json`. */
export const goodsList = listOf(
  'Goods',
  z.looseObject({ trade: hex32, product: z.string(), path: z.string(), sizeBytes: count, contentDigest: hex32 }),
);

import { z } from 'zod';
import { ARCHIVE_FOLDER } from '../../core/archive-period.ts';
import { TRADE_STATES, type TradeFact } from '../../core/facts.ts';
import { address, agentName, hex32, productName, SWARM } from '../../core/ids.ts';
import { atomicAmount } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { epochSeconds } from '../../core/time.ts';
import { plainLine, sizeBytes } from '../terms/fields.ts';

/** The most records of a page: it stays well below the largest note that is read. */
export const RECORDS_A_PAGE = 200;

const record = z.strictObject({
  id: hex32,
  /** Whose note it stands for: both sides' where they agreed on everything below, else one side's. */
  of: z.enum(['both', 'buyer', 'seller']),
  buyer: agentName,
  seller: agentName,
  /** The wallets in the request; absent where a seller declined a request that it did not keep. */
  wallets: z.strictObject({ buyer: address, seller: address }).optional(),
  product: productName,
  offer: hex32,
  subject: plainLine(0, 120),
  amountAtomic: atomicAmount,
  requestedAt: epochSeconds,
  state: z.enum(TRADE_STATES),
  contentRoot: hex32.optional(),
  /** The record on chain; absent for a trade that was never opened. */
  escrow: z
    .strictObject({
      amountAtomic: atomicAmount,
      openedAt: epochSeconds,
      deadline: epochSeconds,
      /** The transaction that ended it. */
      tx: hex32.optional(),
    })
    .optional(),
  /** The goods that the buyer received under `contentRoot`, and whether it signed for them. */
  received: z.strictObject({ contentDigest: hex32, sizeBytes, isConfirmed: z.boolean() }).optional(),
  /** The buyer got a quote and no goods. */
  isUndelivered: z.boolean().optional(),
});

/** What `main` keeps of an ended trade whose notes are in the archive. Times in seconds since 1970. */
export type ArchivedTrade = Readonly<z.output<typeof record>>;

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('archived-trades'),
  schema: z.literal(1),
  id: z.string().regex(/^[0-9-]{7,15} trades \d{1,5}$/),
  owner: z.literal(SWARM),
  trades: z.array(record).max(RECORDS_A_PAGE),
});

/** A page of archived trades. */
export type ArchivedTradesPage = Readonly<z.output<typeof schema>>;

/** The path of a page of a period's trades; `page` counts from 1. */
export function archivedTradesPath(period: string, page: number): string {
  return `${ARCHIVE_FOLDER}/${period}/trades-${String(page).padStart(3, '0')}.md`;
}

/** `shared/archive/<period>/trades-<page>.md`: written once by the hub, or the host where there is none. */
export const archivedTradesKind: NoteKind<ArchivedTradesPage> = {
  kind: 'archived-trades',
  version: 1,
  path: /^shared\/archive\/[0-9-]{7,15}\/trades-\d{3,5}\.md$/,
  schema,
  front: ({ trades, ...data }) => ({ ...data, trades: trades.map(recordFront) }),
  body: ({ id, trades }) =>
    `# Archived trades, ${id}\n\nThe property “trades” of this page holds ${trades.length} ended trades. ` +
    'Their notes are in the archive: swarm-ops archive show and a trade’s id.\n',
};

/** The fact for policies about an archived trade. */
export function archivedFact(trade: ArchivedTrade, side: TradeFact['side']): TradeFact {
  return {
    id: trade.id,
    side,
    counterparty: side === 'buyer' ? trade.seller : trade.buyer,
    product: trade.product,
    offer: trade.offer,
    subject: trade.subject,
    contentRoot: trade.contentRoot,
    state: trade.state,
    amountAtomic: trade.amountAtomic,
    requestedAt: trade.requestedAt,
    isUndelivered: side === 'buyer' && trade.isUndelivered === true,
  };
}

function recordFront(trade: ArchivedTrade): Readonly<Record<string, unknown>> {
  const { escrow } = trade;
  return {
    ...trade,
    amountAtomic: trade.amountAtomic.toString(),
    escrow: escrow === undefined ? undefined : { ...escrow, amountAtomic: escrow.amountAtomic.toString() },
  };
}

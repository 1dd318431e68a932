import { z } from 'zod';
import { TRADE_STATES } from '../../core/facts.ts';
import { agentName, hex32, productName } from '../../core/ids.ts';
import { plainText, table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { formatIso } from '../../core/time.ts';
import { isoSeconds, plainLine, sizeBytes } from '../terms/fields.ts';
import { signedQuote } from '../terms/quote.ts';
import { signedRequest } from '../terms/request.ts';
import { amountsMatch, closingFront, TRADE_NOTE_PATH, tradeClosing, withoutUndefined } from './trade-note.ts';

/** Where the sealed goods are. The presigned URL is a bearer secret, so it is encrypted to the buyer. */
const delivery = z.strictObject({
  objectKey: z.string().regex(/^[A-Za-z0-9!_.*'()/-]{1,512}$/, 'must be a plain object key'),
  /** ASCII-armored age ciphertext of the presigned URL. */
  url: z
    .string()
    .max(8192)
    .regex(
      /^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+\n-----END AGE ENCRYPTED FILE-----\n?$/,
      'must be ASCII-armored age ciphertext',
    ),
  urlIssued: isoSeconds,
  urlExpires: isoSeconds,
  /** Bytes of the uploaded object. */
  sizeBytes,
});

const schema = z
  .strictObject({
    ...noteEnvelope.shape,
    kind: z.literal('trade-seller'),
    schema: z.literal(1),
    id: hex32,
    owner: agentName,
    buyer: agentName,
    product: productName,
    offer: hex32,
    subject: plainLine(0, 120),
    state: z.enum(TRADE_STATES),
    amountAtomic: atomicAmount,
    amountUsdc: z.string(),
    requestedAt: isoSeconds,
    deadline: isoSeconds.optional(),
    /** The quoted request. The seller keeps it too, so that settling or refunding doesn't need the buyer's note. */
    request: signedRequest.strict().optional(),
    /** Absent if the seller declined. */
    quote: signedQuote.strict().optional(),
    delivery: delivery.optional(),
    txs: z
      .strictObject({
        open: hex32.optional(),
        reveal: hex32.optional(),
        settle: hex32.optional(),
        refund: hex32.optional(),
      })
      .optional(),
    closed: tradeClosing.optional(),
    declined: z.strictObject({ reason: z.string().max(300) }).optional(),
  })
  .refine(amountsMatch, { path: ['amountUsdc'], message: 'must equal amountAtomic' })
  .transform(({ kind: _kind, schema: _schema, amountUsdc: _amountUsdc, ...note }) => note);

/** The seller's side of a trade: its quote, where the goods are, its transactions. Times are seconds since 1970. */
export type SellerTradeNote = Readonly<z.output<typeof schema>>;

/** `agents/<seller>/trades/<yyyy-mm>/<trade id>.md`. */
export const sellerTradeKind: NoteKind<SellerTradeNote> = {
  kind: 'trade-seller',
  version: 1,
  path: TRADE_NOTE_PATH,
  schema,
  front: (note) =>
    withoutUndefined({
      kind: 'trade-seller',
      schema: 1,
      ...note,
      amountAtomic: note.amountAtomic.toString(),
      amountUsdc: formatUsdc(note.amountAtomic),
      requestedAt: formatIso(note.requestedAt),
      deadline: note.deadline === undefined ? undefined : formatIso(note.deadline),
      quote: note.quote === undefined ? undefined : { ...note.quote, amount: note.quote.amount.toString() },
      delivery:
        note.delivery === undefined
          ? undefined
          : {
              ...note.delivery,
              urlIssued: formatIso(note.delivery.urlIssued),
              urlExpires: formatIso(note.delivery.urlExpires),
            },
      closed: closingFront(note.closed),
    }),
  body: renderSellerTrade,
};

function renderSellerTrade(note: SellerTradeNote): string {
  const steps: (readonly string[])[] = [['Requested', formatIso(note.requestedAt), `\`${note.id}\``]];
  if (note.quote !== undefined)
    steps.push(['Quoted', `until ${formatIso(note.quote.expiry)}`, `\`${note.quote.sealedRoot}\``]);
  if (note.delivery !== undefined)
    steps.push(['Uploaded', `${note.delivery.sizeBytes} bytes`, `\`${note.delivery.objectKey}\``]);
  for (const [step, tx] of Object.entries(note.txs ?? {})) if (tx !== undefined) steps.push([step, '', `\`${tx}\``]);
  if (note.closed !== undefined) steps.push([note.closed.state, formatIso(note.closed.at), '']);
  return [
    `# Selling ${note.product} to ${note.buyer}`,
    '',
    `**${note.state}** — ${formatUsdc(note.amountAtomic)} USDC, to ${wikilink(note.buyer)}`,
    '',
    ...(note.declined === undefined ? [] : [`> Declined: ${plainText(note.declined.reason, 300)}`, '']),
    table(['Step', 'When', 'Evidence'], steps),
    '',
  ].join('\n');
}

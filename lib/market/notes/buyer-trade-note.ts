import { z } from 'zod';
import { TRADE_STATES } from '../../core/facts.ts';
import { agentName, hex32, productName } from '../../core/ids.ts';
import { plainText, table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { formatIso } from '../../core/time.ts';
import { signedAuthorization } from '../terms/authorization.ts';
import { signedConfirmation } from '../terms/confirmation.ts';
import { isoSeconds, plainLine, sizeBytes } from '../terms/fields.ts';
import { signedQuote } from '../terms/quote.ts';
import { signedRequest } from '../terms/request.ts';
import { amountsMatch, closingFront, TRADE_NOTE_PATH, tradeClosing, withoutUndefined } from './trade-note.ts';

const schema = z
  .strictObject({
    ...noteEnvelope.shape,
    kind: z.literal('trade-buyer'),
    schema: z.literal(1),
    id: hex32,
    owner: agentName,
    seller: agentName,
    product: productName,
    offer: hex32,
    subject: plainLine(0, 120),
    title: plainLine(1, 80),
    state: z.enum(TRADE_STATES),
    amountAtomic: atomicAmount,
    amountUsdc: z.string(),
    requestedAt: isoSeconds,
    deadline: isoSeconds.optional(),
    /** Why it bought. */
    reason: z.string().max(600),
    request: signedRequest.strict(),
    /** What the offer promised at the request. The quote must match it even if the offer is withdrawn later. */
    promised: z.strictObject({ contentRoot: hex32, sizeBytes }).optional(),
    /** The quote that is paid for. The buyer keeps it too, so that settling or refunding doesn't need the seller's note. */
    quote: signedQuote.strict().optional(),
    authorization: signedAuthorization.optional(),
    received: z
      .strictObject({
        at: isoSeconds,
        contentRoot: hex32,
        /** SHA-256 of the goods. */ contentDigest: hex32,
        sizeBytes,
      })
      .optional(),
    /** Why paid goods are not as promised. Then nothing is confirmed or tried again. */
    fault: plainLine(1, 300).optional(),
    confirmation: signedConfirmation.optional(),
    txs: z.strictObject({ open: hex32.optional(), reveal: hex32.optional() }).optional(),
    closed: tradeClosing.optional(),
  })
  .refine(amountsMatch, { path: ['amountUsdc'], message: 'must equal amountAtomic' })
  .transform(({ kind: _kind, schema: _schema, amountUsdc: _amountUsdc, ...note }) => note);

/** The buyer's side of a trade: its request, its payment, its confirmation. Times are seconds since 1970. */
export type BuyerTradeNote = Readonly<z.output<typeof schema>>;

/** `agents/<buyer>/trades/<yyyy-mm>/<trade id>.md`. */
export const buyerTradeKind: NoteKind<BuyerTradeNote> = {
  kind: 'trade-buyer',
  version: 1,
  path: TRADE_NOTE_PATH,
  schema,
  front: (note) =>
    withoutUndefined({
      kind: 'trade-buyer',
      schema: 1,
      ...note,
      amountAtomic: note.amountAtomic.toString(),
      amountUsdc: formatUsdc(note.amountAtomic),
      quote: note.quote === undefined ? undefined : { ...note.quote, amount: note.quote.amount.toString() },
      requestedAt: formatIso(note.requestedAt),
      deadline: note.deadline === undefined ? undefined : formatIso(note.deadline),
      received: note.received === undefined ? undefined : { ...note.received, at: formatIso(note.received.at) },
      closed: closingFront(note.closed),
    }),
  body: renderBuyerTrade,
};

function renderBuyerTrade(note: BuyerTradeNote): string {
  const steps: (readonly string[])[] = [['Requested', formatIso(note.requestedAt), `\`${note.id}\``]];
  if (note.authorization !== undefined) steps.push(['Authorized', '', `\`${note.authorization.quoteHash}\``]);
  if (note.txs?.open !== undefined) steps.push(['Opened', '', `\`${note.txs.open}\``]);
  if (note.txs?.reveal !== undefined) steps.push(['Revealed', '', `\`${note.txs.reveal}\``]);
  if (note.received !== undefined)
    steps.push(['Received', formatIso(note.received.at), `\`${note.received.contentRoot}\``]);
  if (note.fault !== undefined) steps.push(['Not as promised', '', plainText(note.fault, 300)]);
  if (note.confirmation !== undefined) steps.push(['Confirmed', '', 'signed']);
  if (note.closed !== undefined) {
    steps.push([
      note.closed.state,
      formatIso(note.closed.at),
      note.closed.tx === undefined ? '' : `\`${note.closed.tx}\``,
    ]);
  }
  return [
    `# Buying ${note.product} from ${note.seller}`,
    '',
    `**${note.state}** — ${plainText(note.title, 80)}, ${formatUsdc(note.amountAtomic)} USDC, from ${wikilink(note.seller)}`,
    '',
    `> ${plainText(note.reason, 600)}`,
    '',
    table(['Step', 'When', 'Evidence'], steps),
    '',
  ].join('\n');
}

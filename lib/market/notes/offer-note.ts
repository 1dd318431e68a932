import { z } from 'zod';
import { agentName, hex32, type OfferId } from '../../core/ids.ts';
import { plainText, table, wikilink } from '../../core/markdown.ts';
import { formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { formatIso } from '../../core/time.ts';
import { workRecord } from '../../core/work.ts';
import { plainLine } from '../terms/fields.ts';
import { signedOffer } from '../terms/offer.ts';

const schema = z
  .strictObject({
    ...noteEnvelope.shape,
    kind: z.literal('offer'),
    schema: z.literal(1),
    id: hex32,
    owner: agentName,
    ...signedOffer.shape,
    /** The price for people, as in `0.05`; must equal `price`. */
    priceUsdc: z.string(),
    /** Days of chat in it, or pieces. */
    unitCount: z.number().int().min(1).max(100_000),
    topics: z.array(plainLine(1, 80)).max(40),
    /** SHA-256 of the plaintext. */
    contentDigest: hex32,
    /** The work order it was made by. */
    orderKey: hex32,
    /** The digests of the goods it was made from. */
    inputs: z.array(hex32).max(4096),
    work: z.array(workRecord).max(64),
    /** The buyer, if the offer is for only one. */
    for: agentName.optional(),
    /** For a validation report: the offer that it is about, and its verdict. */
    report: z.strictObject({ offer: hex32, verdict: z.enum(['passed', 'failed']) }).optional(),
    supersedes: hex32.optional(),
  })
  .refine((note) => note.priceUsdc === formatUsdc(note.price), {
    path: ['priceUsdc'],
    message: 'must equal price',
  })
  .transform(({ kind: _kind, schema: _schema, priceUsdc: _priceUsdc, price, ...note }) => ({
    ...note,
    priceAtomic: price,
  }));

/** A signed offer with its provenance. It contains the offer's own fields, so it can be hashed and verified directly. */
export type OfferNote = Readonly<z.output<typeof schema>>;

/** The path of an offer's note. */
export function offerPath(owner: string, id: OfferId): string {
  return `agents/${owner}/offers/${id}.md`;
}

/** `agents/<owner>/offers/<offer id>.md`: immutable; withdrawing the offer deletes the note. */
export const offerKind: NoteKind<OfferNote> = {
  kind: 'offer',
  version: 1,
  path: /^agents\/([^/]+)\/offers\/0x[0-9a-f]{64}\.md$/,
  schema,
  front: ({ priceAtomic, ...note }) => ({
    kind: 'offer',
    schema: 1,
    ...note,
    price: priceAtomic.toString(),
    priceUsdc: formatUsdc(priceAtomic),
  }),
  body: renderOffer,
};

/** Formats a link to the offer that a report is about, in the folder of the seller that the report is for. */
function reportedOffer(note: OfferNote, offer: OfferId): string {
  return note.for === undefined
    ? `offer \`${offer}\``
    : wikilink(offerPath(note.for, offer), `offer ${offer.slice(2, 10)}`);
}

function renderOffer(note: OfferNote): string {
  const facts: (readonly string[])[] = [
    ['Seller', wikilink(note.owner)],
    ['Product', note.product],
    ['Price', `${formatUsdc(note.priceAtomic)} USDC`],
    [
      'Size',
      `${note.size.toLocaleString('en-US')} bytes, ${note.unitCount} ${note.unitCount === 1 ? 'unit' : 'units'}`,
    ],
    ['Made', formatIso(note.createdAt)],
    ['Content root', `\`${note.contentRoot}\``],
    ['Content digest', `\`${note.contentDigest}\``],
  ];
  if (note.subject !== '') facts.push(['About', plainText(note.subject, 120)]);
  if (note.topics.length > 0) facts.push(['Topics', note.topics.map((topic) => plainText(topic, 80)).join(', ')]);
  if (note.for !== undefined) facts.push(['For', wikilink(note.for)]);
  if (note.report !== undefined)
    facts.push(['Report', `${note.report.verdict}: ${reportedOffer(note, note.report.offer)}`]);
  if (note.supersedes !== undefined) facts.push(['Replaces', `\`${note.supersedes}\``]);
  const work = note.work.map((record) => [
    plainText(record.stage, 60),
    plainText(record.version, 20),
    plainText(record.executor, 40),
    String(record.inputs.length),
    Object.entries(record.counts)
      .map(([name, count]) => `${count} ${plainText(name, 40)}`)
      .join(', '),
    record.exit,
    `\`${record.output.slice(0, 18)}\``,
  ]);
  return [
    `# ${plainText(note.title, 80)}`,
    '',
    table(['', ''], facts),
    '',
    '## How it was made',
    '',
    table(['Stage', 'Version', 'Ran on', 'Inputs', 'Counts', 'Exit', 'Output'], work),
    '',
  ].join('\n');
}

import { z } from 'zod';
import { exactText, readExactText } from '../../core/active-content.ts';
import { agentName, hex32, type OfferId, productName } from '../../core/ids.ts';
import { plainText, table, wikilink } from '../../core/markdown.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { epochSeconds, formatIso, isoTime } from '../../core/time.ts';
import { sharedSettings } from '../../products/settings.ts';
import { MAX_PACKAGE_BYTES } from './limits.ts';

const isoSeconds = isoTime.transform((text) => Date.parse(text) / 1000).pipe(epochSeconds);

/** Files in the object store for the validator alone. The URL is a bearer secret, so it is encrypted. */
const handedPackage = z.strictObject({
  objectKey: z.string().regex(/^[A-Za-z0-9!_.*'()/-]{1,512}$/, 'must be a plain object key'),
  /** Identifies the set of files: the hash of the package's header. */
  setDigest: hex32,
  /** Bytes of header and files, without the age layer. */
  sizeBytes: z.number().int().min(1).max(MAX_PACKAGE_BYTES),
  /** ASCII-armored age ciphertext of the presigned URL. */
  url: z
    .string()
    .max(8192)
    .regex(
      /^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+\n-----END AGE ENCRYPTED FILE-----\n?$/,
      'must be ASCII-armored age ciphertext',
    ),
});
export type HandedPackage = Readonly<z.output<typeof handedPackage>>;

/** Text that the validator must get as the maker had it, although a source's URL or a title may be active in Obsidian. */
const exactLine = (maxChars: number) =>
  z
    .string()
    .max(9 * maxChars)
    .transform(readExactText)
    .pipe(z.string().max(maxChars));
const carriedSettings = sharedSettings.extend({ title: exactLine(80), attribution: exactLine(400) });

const schema = z
  .strictObject({
    ...noteEnvelope.shape,
    kind: z.literal('validation-job'),
    schema: z.literal(1),
    /** The offer's id. */
    id: hex32,
    owner: agentName,
    validator: agentName,
    product: productName,
    orderKey: hex32,
    subject: z
      .string()
      .max(120)
      .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u),
    contentDigest: hex32,
    /** The number of files that the goods were made from; the package lists them. */
    inputCount: z.number().int().min(1).max(4096),
    /** The settings with which the goods were planned. */
    settings: carriedSettings,
    askedAt: isoSeconds,
    /** When the URLs of both packages expire. */
    urlExpires: isoSeconds,
    goods: handedPackage,
    inputs: handedPackage,
  })
  .transform(({ kind: _kind, schema: _schema, ...note }) => note);

/** An offer's goods and inputs, handed to a validator. Times are seconds since 1970. */
export type ValidationJob = Readonly<z.output<typeof schema>>;

/** The path of the job for an offer. */
export function jobPath(owner: string, offer: OfferId): string {
  return `agents/${owner}/jobs/${offer}.md`;
}

/** `agents/<seller>/jobs/<offer id>.md`: exists until the validator's report is on offer or the offer is gone. */
export const validationJobKind: NoteKind<ValidationJob> = {
  kind: 'validation-job',
  version: 1,
  path: /^agents\/([^/]+)\/jobs\/0x[0-9a-f]{64}\.md$/,
  schema,
  front: (note) => ({
    kind: 'validation-job',
    schema: 1,
    ...note,
    settings: {
      ...note.settings,
      title: exactText(note.settings.title),
      attribution: exactText(note.settings.attribution),
    },
    askedAt: formatIso(note.askedAt),
    urlExpires: formatIso(note.urlExpires),
  }),
  body: renderJob,
};

function renderJob(note: ValidationJob): string {
  const bytes = (count: number) => `${count.toLocaleString('en-US')} bytes`;
  return [
    `# ${note.validator} is asked to validate ${note.product} ${note.id.slice(2, 10)}`,
    '',
    'The goods and what they were made from, encrypted to the validator, which makes them again and compares.',
    '',
    table(
      ['', ''],
      [
        ['Seller', wikilink(note.owner)],
        ['Validator', wikilink(note.validator)],
        ['Offer', wikilink(`agents/${note.owner}/offers/${note.id}`, note.id.slice(2, 10))],
        ['About', plainText(note.subject, 120)],
        ['Asked', formatIso(note.askedAt)],
        ['Goods', bytes(note.goods.sizeBytes)],
        [
          'Made from',
          `${note.inputCount} ${note.inputCount === 1 ? 'file' : 'files'}, ${bytes(note.inputs.sizeBytes)}`,
        ],
        ['Can be fetched until', formatIso(note.urlExpires)],
      ],
    ),
    '',
  ].join('\n');
}

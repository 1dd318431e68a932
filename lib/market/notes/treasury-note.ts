import type { Hex } from 'viem';
import { z } from 'zod';
import { agentName, hex32, TREASURY } from '../../core/ids.ts';
import { table, wikilink } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { formatIso, formatMonth } from '../../core/time.ts';
import { isoSeconds } from '../terms/fields.ts';
import { amountsMatch } from './trade-note.ts';

/** `mint`: test tokens made once; `top-up`: treasury to agent; `return`: an agent's surplus to the treasury. */
export const DIRECTIONS = ['top-up', 'return', 'mint'] as const;

const schema = z
  .strictObject({
    ...noteEnvelope.shape,
    kind: z.literal('treasury'),
    schema: z.literal(1),
    /** The hash of the transaction. */
    id: hex32,
    owner: z.literal(TREASURY),
    direction: z.enum(DIRECTIONS),
    /** The agent that paid or received, or the treasury itself for a mint. */
    agent: agentName,
    amountAtomic: atomicAmount,
    amountUsdc: z.string(),
    /** The number of the budget day. */
    day: z.number().int().min(0),
    at: isoSeconds,
    block: z.number().int().min(0),
  })
  .refine(amountsMatch, { path: ['amountUsdc'], message: 'must equal amountAtomic' })
  .transform(({ kind: _kind, schema: _schema, amountUsdc: _amountUsdc, ...note }) => note);

/** One transfer between the treasury and an agent, or a mint. */
export type TreasuryNote = Readonly<z.output<typeof schema>>;

/** The path of a transfer's note; `at` is its block's time. */
export function treasuryPath(at: number, tx: Hex): string {
  return `shared/treasury/${formatMonth(at)}/${tx}.md`;
}

/** `shared/treasury/<yyyy-mm>/<tx hash>.md`. The path names no owner: it is always the treasury. */
export const treasuryKind: NoteKind<TreasuryNote> = {
  kind: 'treasury',
  version: 1,
  path: /^shared\/treasury\/\d{4}-\d{2}\/0x[0-9a-f]{64}\.md$/,
  schema,
  front: (note) => ({
    kind: 'treasury',
    schema: 1,
    ...note,
    amountAtomic: note.amountAtomic.toString(),
    amountUsdc: formatUsdc(note.amountAtomic),
    at: formatIso(note.at),
  }),
  body: (note) =>
    [
      `# ${formatUsdc(note.amountAtomic)} USDC: ${note.direction}`,
      '',
      table(
        ['', ''],
        [
          ['Agent', note.agent === TREASURY ? TREASURY : wikilink(note.agent)],
          ['Budget day', String(note.day)],
          ['When', formatIso(note.at)],
          ['Block', String(note.block)],
          ['Transaction', `\`${note.id}\``],
        ],
      ),
      '',
    ].join('\n'),
};

import { z } from 'zod';
import { type AgentName, agentName, PEOPLE } from './ids.ts';
import { plainText } from './markdown.ts';
import { type NoteKind, noteEnvelope } from './note.ts';
import { type SignedFacts, signatureShape } from './signed-note.ts';
import { cleanText } from './text.ts';
import { formatIso } from './time.ts';

/** How long one operator alone can shut an agent out, in seconds: a lost key does no lasting harm. */
export const QUARANTINE_SECONDS = 24 * 3600;
/** How many different operators' keys make a quarantine last until it is released. */
const LASTING_SIGNERS = 2;

/** The fields of a quarantine's note that are signed and obeyed. */
export const quarantineShape = {
  agent: agentName,
  state: z.enum(['quarantined', 'released']),
  /** When it lapses without a second operator, in seconds since 1970. */
  until: z.number().int().min(0),
  reason: z.string().max(300),
};
const orderSchema = z.object(quarantineShape);
/** An operator's order to shut an agent out, or to let it in again. */
export type QuarantineOrder = Readonly<z.infer<typeof orderSchema>>;

const schema = z
  .object({
    ...noteEnvelope.shape,
    kind: z.literal('quarantine'),
    schema: z.literal(1),
    owner: z.literal(PEOPLE),
    ...quarantineShape,
    ...signatureShape,
  })
  .refine(
    ({ until, signedAt }) => signedAt !== undefined && until <= signedAt + QUARANTINE_SECONDS,
    'until must be at most 24 hours after signedAt',
  );
/** `shared/quarantine/<agent>.md` as its author wrote it; obeyed if an operator signed it. */
export type QuarantineNote = z.infer<typeof schema>;

/** The path of the order about an agent. */
export function quarantinePath(agent: string): string {
  return `shared/quarantine/${agent}.md`;
}

/** The folder of the orders. */
export const QUARANTINE_FOLDER = 'shared/quarantine';

/** `shared/quarantine/<agent>.md`. */
export const quarantineKind: NoteKind<QuarantineNote> = {
  kind: 'quarantine',
  version: 1,
  path: /^shared\/quarantine\/kk-[a-z0-9_-]+\.md$/,
  schema,
  front: (data) => ({ ...data }),
  body: ({ agent, state, until, reason }) =>
    [
      `# ${agent} is ${state === 'released' ? 'released' : 'in quarantine'}`,
      '',
      `> ${plainText(reason, 300)}`,
      '',
      state === 'released'
        ? 'Its folder counts again.'
        : `Agents read nothing of it but its open trades, and the hub is closed to it. This lapses at ${formatIso(until)} unless a second operator confirms it (swarm-ops quarantine ${agent} --confirm). An operator ends it with swarm-ops quarantine ${agent} --release.`,
      '',
    ].join('\n'),
};

/** What a signature of an order covers. */
export function quarantineFacts({ agent, state, until, reason }: QuarantineOrder, signedAt: number): SignedFacts {
  return { kind: 'quarantine', path: quarantinePath(agent), signedAt, fields: { agent, state, until, reason } };
}

/** An agent that is in quarantine now. Times in seconds since 1970. */
export interface Quarantine {
  readonly agent: AgentName;
  readonly reason: string;
  readonly since: number;
  /** Undefined once a second operator confirmed it: it holds until it is released. */
  readonly until: number | undefined;
  /** The operators' keys that signed it, as people see them. */
  readonly by: readonly string[];
}

/** The quarantine that an obeyed order means at a time; undefined when it is released or has lapsed. */
export function quarantineAt(
  { agent, state, until, reason }: QuarantineOrder,
  signedAt: number,
  by: readonly string[],
  now: number,
): Quarantine | undefined {
  const lasts = by.length >= LASTING_SIGNERS;
  if (state === 'released' || (!lasts && now >= until)) return undefined;
  return { agent, reason: cleanText(reason, 300), since: signedAt, until: lasts ? undefined : until, by };
}

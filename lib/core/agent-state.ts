import { z } from 'zod';
import { address, agentName, hexBytes } from './ids.ts';
import { role } from './manifest.ts';
import { plainText, table, wikilink } from './markdown.ts';
import { atomicAmount, formatUsdc } from './money.ts';
import { type NoteKind, noteEnvelope } from './note.ts';
import { isoTime } from './time.ts';

/**
 * How an agent is doing: `working` acted in its last beat, `resting` had no reason to, `degraded` met errors, `refusing`
 * does not trade because its program doesn't support this swarm's notes or protocol, or because it is in quarantine.
 */
export const agentStatus = z.enum(['working', 'resting', 'degraded', 'refusing']);
export type AgentStatus = z.infer<typeof agentStatus>;

const shape = {
  ...noteEnvelope.shape,
  kind: z.literal('agent-state'),
  schema: z.literal(1),
  id: agentName,
  owner: agentName,
  aliases: z.array(agentName).max(4),
  role,
  status: agentStatus,
  heartbeatAt: isoTime,
  beats: z.number().int().min(0),
  errors: z.number().int().min(0),
  task: z.string().max(300),
  reason: z.string().max(600),
  wallet: address,
  /** The wallet's EIP-712 signature that it trades under this name and receives with this recipient. */
  walletProof: hexBytes,
  nick: z.string().max(32),
  deliveryRecipient: z.string().regex(/^age1[a-z0-9]{58}$/),
  balance: z.string().max(40),
  balanceAtomic: atomicAmount,
  spentTodayAtomic: atomicAmount,
  budgetAtomic: atomicAmount,
  revenue: z.string().max(40),
  revenueAtomic: atomicAmount,
  ircState: z.enum(['joined', 'connecting', 'closed', 'none']),
  saidToday: z.number().int().min(0),
  heardToday: z.number().int().min(0),
  /** Version and commit of the program. */
  revision: z.string().max(80),
  /** The image it runs in, with its digest; empty outside of containers. */
  image: z.string().max(300).optional(),
  /** The protocol it speaks. */
  protocol: z.number().int().positive().optional(),
  /** What it obeys of what operators required, and who signed that. */
  obeys: z.string().max(400).optional(),
};

const schema = z.strictObject(shape).refine((state) => state.id === state.owner, 'id must be the owner');
export type AgentState = z.infer<typeof schema>;

/** The path of an agent's state. */
export function agentStatePath(name: string): string {
  return `agents/${name}/state.md`;
}

/** `agents/<name>/state.md`: who an agent is and how it is doing, rewritten when it does something, and every five minutes while it rests. */
export const agentStateKind: NoteKind<AgentState> = {
  kind: 'agent-state',
  version: 1,
  path: /^agents\/([^/]+)\/state\.md$/,
  schema,
  front: (state) => ({
    ...state,
    balanceAtomic: state.balanceAtomic.toString(),
    spentTodayAtomic: state.spentTodayAtomic.toString(),
    budgetAtomic: state.budgetAtomic.toString(),
    revenueAtomic: state.revenueAtomic.toString(),
  }),
  body: renderState,
};

function renderState(state: AgentState): string {
  const pages = ['offerings', 'needs', 'memory'].map((page) => wikilink(`agents/${state.id}/${page}`, page));
  return [
    `# ${state.id}`,
    '',
    `**${state.status}** — ${plainText(state.task, 300)}`,
    '',
    `> ${plainText(state.reason, 600)}`,
    '',
    table(
      ['', ''],
      [
        ['Role', state.role],
        ['Last beat', state.heartbeatAt],
        ['Beats', `${state.beats}, ${state.errors} of them with an error`],
        ['Balance', `${formatUsdc(state.balanceAtomic)} USDC`],
        ['Spent today', `${formatUsdc(state.spentTodayAtomic)} of ${formatUsdc(state.budgetAtomic)} USDC`],
        ['Revenue', `${formatUsdc(state.revenueAtomic)} USDC`],
        ['Wallet', `\`${state.wallet}\``],
        [
          'On the channel',
          `${state.ircState} as ${plainText(state.nick, 32)}; said ${state.saidToday}, heard ${state.heardToday} lines today`,
        ],
        [
          'Runs',
          [state.revision, state.image, state.protocol === undefined ? '' : `protocol ${state.protocol}`]
            .filter((part) => part !== undefined && part !== '')
            .map((part) => plainText(part ?? '', 300))
            .join(', '),
        ],
      ],
    ),
    '',
    `See also ${pages.join(' · ')}`,
    '',
  ].join('\n');
}

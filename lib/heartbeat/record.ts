import { type AgentState, type AgentStatus, agentStateKind, agentStatePath } from '../core/agent-state.ts';
import { formatError } from '../core/errors.ts';
import type { Outcome } from '../core/flow.ts';
import { REST_RENEWAL_SECONDS } from '../core/heartbeat-age.ts';
import type { Decision } from '../core/intent.ts';
import { formatUsdc, sumAtomic } from '../core/money.ts';
import type { NoteKind } from '../core/note.ts';
import type { Orders } from '../core/orders.ts';
import { type Build, formatBuild, formatRequirements, PROTOCOL } from '../core/protocol.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText } from '../core/text.ts';
import { formatIso } from '../core/time.ts';
import type { VaultOperation } from '../core/vault.ts';
import { trustedValidators } from '../decisions/verdicts.ts';
import { encodeNote } from '../vault/codec.ts';
import { logHead, logKind, logLines, logPath } from './log-page.ts';
import { memoryKind, memoryOf } from './memory-page.ts';
import { needsKind, needsOf, offeringsKind, offeringsOf } from './pages.ts';

/** The results of an agent's beat, from which its notes are rendered. */
export interface AgentBeat {
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly outcomes: readonly Outcome[];
  /** A page that can't be recorded is added to them. */
  readonly errors: string[];
  readonly ircState: AgentState['ircState'];
  readonly saidToday: number;
  readonly heardToday: number;
  readonly build: Build;
  /** What it obeys. */
  readonly orders: Orders;
  /** Why the agent doesn't trade here; undefined if it does. */
  readonly refusal: string | undefined;
  /** Whether the decision or its errors differ from those of the beat before. */
  readonly isNews: boolean;
  /** The agent's beats so far, this one too, and how many of them met an error. */
  readonly counts: { readonly beats: number; readonly errors: number };
  /** The time since the beat before, in seconds; undefined for the first of this process. */
  readonly gapSeconds: number | undefined;
}

/** What records a beat. */
export interface BeatRecord {
  readonly operations: readonly VaultOperation[];
  /** Within how many seconds it has to be written; undefined for at once, because something happened. */
  readonly withinSeconds: number | undefined;
}

/** How long what a quiet beat changed waits for that of the other agents of its host, in seconds. */
const CHANGE_WAITS_SECONDS = 10;
/** How long a heartbeat alone waits for the others. */
const RENEWAL_WAITS_SECONDS = 120;

/**
 * The operations that record a beat: those of the flows, then the agent's own pages that changed. A page that can't be
 * encoded becomes an error and stays unchanged, so that the operations of the flows still land. A quiet beat, in which the agent
 * rests or does nothing but what it did in the beat before, writes no log line and renews the state now and then only.
 */
export function recordOperations(beat: AgentBeat): BeatRecord {
  const { snapshot, decision, outcomes, errors } = beat;
  const name = snapshot.me.name;
  const operations: VaultOperation[] = outcomes.flatMap((outcome) => [...outcome.operations]);
  const put = <Data>(kind: NoteKind<Data>, path: string, data: Data): void => {
    try {
      const text = encodeNote(kind, data);
      if (snapshot.vault.text(path) !== text) operations.push({ op: 'put', path, text });
    } catch (error) {
      errors.push(`cannot record ${path}: ${formatError(error)}`);
    }
  };

  if (snapshot.vault.head !== '') {
    const trusted = trustedValidators(snapshot.me.manifest);
    const reports = new Map(
      snapshot.market.offers.flatMap((offer) =>
        offer.report === undefined || !trusted.includes(offer.seller) ? [] : [[offer.report.offer, offer] as const],
      ),
    );
    put(offeringsKind, `agents/${name}/offerings.md`, offeringsOf(name, snapshot.market.myOffers, reports));
    put(needsKind, `agents/${name}/needs.md`, needsOf(name, decision.needs));
    put(memoryKind, `agents/${name}/memory.md`, memoryOf(name, snapshot.market.trades));
  }
  const status = statusOf(beat);
  const isQuiet = outcomes.length === 0 && (status === 'resting' || !beat.isNews);
  const before = snapshot.vault.note(agentStateKind, agentStatePath(name))?.data;
  const state = stateOf(beat, before);
  const isFirst = beat.gapSeconds === undefined;
  const isChanged = before === undefined || standingOf(before) !== standingOf(state);
  if (isFirst || !isQuiet || isChanged || isOld(before, snapshot.clock, beat.gapSeconds ?? 0)) {
    put(agentStateKind, agentStatePath(name), state);
  }
  if (!isQuiet) {
    const path = logPath(name, snapshot.clock);
    const head = snapshot.vault.text(path) === undefined ? encodeNote(logKind, logHead(name, snapshot.clock)) : '';
    const lines = logLines({ at: snapshot.clock, ...decision, did: outcomes, errors });
    operations.push({ op: 'append', path, text: head + lines });
  }
  if (!isQuiet || isFirst) return { operations, withinSeconds: undefined };
  const isRenewal = !isChanged && operations.every(({ path }) => path === agentStatePath(name));
  return { operations, withinSeconds: isRenewal ? RENEWAL_WAITS_SECONDS : CHANGE_WAITS_SECONDS };
}

/** What of a state is worth a commit when it changes: what the agent is, obeys and does, without what changes at each beat. */
function standingOf(state: AgentState): string {
  const { status, ircState, revision, image, protocol, obeys, wallet, nick, deliveryRecipient, budgetAtomic } = state;
  const parts = [status, ircState, revision, image, protocol, obeys, wallet, nick, deliveryRecipient, budgetAtomic];
  return parts.map(String).join(' ');
}

/** Whether a state is to be renewed: by its age now, or by that at a next beat as far away as the last one. */
function isOld(state: AgentState, clock: number, gapSeconds: number): boolean {
  // One from the future was written by another clock.
  const age = Math.abs(clock - Date.parse(state.heartbeatAt) / 1000);
  return age >= REST_RENEWAL_SECONDS || age + gapSeconds > REST_RENEWAL_SECONDS + RENEWAL_WAITS_SECONDS;
}

/** The revenue of an agent: the sum of its settled sales. */
export function revenueOf(snapshot: Snapshot): bigint {
  const sales = snapshot.market.trades.filter((trade) => trade.side === 'seller' && trade.state === 'settled');
  return sumAtomic(sales.map((trade) => trade.amountAtomic));
}

function stateOf(beat: AgentBeat, before: AgentState | undefined): AgentState {
  const { snapshot, decision, counts } = beat;
  const { me, market } = snapshot;
  const balanceAtomic = snapshot.chain?.usdcAtomic ?? before?.balanceAtomic ?? 0n;
  const revenueAtomic = revenueOf(snapshot);
  return {
    kind: 'agent-state',
    schema: 1,
    id: me.name,
    owner: me.name,
    aliases: [me.name],
    role: me.manifest.spec.role,
    status: statusOf(beat),
    heartbeatAt: formatIso(snapshot.clock),
    beats: counts.beats,
    errors: counts.errors,
    task: cleanText(decision.task, 300),
    reason: cleanText(decision.reason, 600),
    wallet: me.address,
    walletProof: me.walletProof,
    nick: me.nick,
    deliveryRecipient: me.deliveryRecipient,
    balance: formatUsdc(balanceAtomic),
    balanceAtomic,
    spentTodayAtomic: market.budget.spentAtomic,
    budgetAtomic: me.manifest.spec.budget.daily,
    revenue: formatUsdc(revenueAtomic),
    revenueAtomic,
    ircState: beat.ircState,
    saidToday: beat.saidToday,
    heardToday: beat.heardToday,
    revision: formatBuild(beat.build),
    image: beat.build.image,
    protocol: PROTOCOL,
    obeys: obeysOf(beat.orders),
  };
}

function obeysOf({ requirements, requiredBy }: Orders): string {
  const what = formatRequirements(requirements);
  if (requiredBy === undefined) return `${what}; no operator required anything`;
  return cleanText(`${what}; signed ${formatIso(requiredBy.at)} by ${requiredBy.keys.join(', ')}`, 400);
}

function statusOf(beat: AgentBeat): AgentStatus {
  if (beat.refusal !== undefined) return 'refusing';
  if (beat.errors.length > 0) return 'degraded';
  return beat.outcomes.length > 0 || beat.decision.intents.length > 0 ? 'working' : 'resting';
}

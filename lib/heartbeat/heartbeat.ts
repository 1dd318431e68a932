import { converse, nudges } from '../conversation/conversation.ts';
import { formatReply } from '../conversation/reply.ts';
import { formatError } from '../core/errors.ts';
import type { Outcome } from '../core/flow.ts';
import type { Decision } from '../core/intent.ts';
import { refusalOf } from '../core/protocol.ts';
import { signingHalt } from '../core/signing-halt.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText } from '../core/text.ts';
import { formatDay } from '../core/time.ts';
import { announce, type Said } from './announce.ts';
import type { BeatReport, HeartbeatPorts } from './ports.ts';
import { type Beat, recordOperations, revenueOf } from './record.ts';
import { sense } from './sense.ts';
import { conversationContext } from './talk.ts';

/** One agent's heart. A beat never throws: what fails stands in its report, in the log and in the agent's state. */
export interface Heartbeat {
  readonly beat: () => Promise<BeatReport>;
  /** Whether a line heard on the channel is worth an early beat; goes by what the last beat knew. */
  readonly concerns: (line: { readonly nick: string; readonly text: string; readonly at: number }) => boolean;
  /** Resolves when everything recorded has been said on the channel or its write has been given up. */
  readonly settled: () => Promise<void>;
}

/** Creates the heart of an agent: sense, decide, act, record. */
export function createHeartbeat(ports: HeartbeatPorts): Heartbeat {
  const { me } = ports;
  let said: Said = new Map();
  let lastLogged = '';
  let lastRefusal: string | undefined;
  let lastSeen: { readonly snapshot: Snapshot; readonly decision: Decision } | undefined;
  const counters = { day: '', said: 0, heard: 0 };
  const speaking = new Set<Promise<void>>();

  async function beat(): Promise<BeatReport> {
    const { snapshot, failures: unsensed, complete } = await sense(ports);
    const failures = [...unsensed];
    const refusal = complete ? refusalOf(snapshot.vault, me.name, ports.build) : undefined;
    const mayAct = complete && refusal === undefined;
    const decided = mayAct ? decide(snapshot, failures) : unable(failures, refusal);
    // Whatever a flow is about, it signs: the one place where all of them are started is where they are held back.
    const halt = mayAct ? signingHalt(snapshot) : undefined;
    // That the chain can't be read stands among the failures already.
    if (halt !== undefined && snapshot.chain !== undefined) failures.push(halt);
    const decision = halt === undefined ? decided : { ...decided, intents: [], task: 'signing nothing', reason: halt };
    const { outcomes, wakeAt } =
      mayAct && halt === undefined ? await act(snapshot, decision, failures) : { outcomes: [], wakeAt: undefined };
    lastSeen = { snapshot, decision };
    try {
      await record(snapshot, decision, outcomes, failures, refusal);
    } catch (error) {
      failures.push(`cannot record: ${formatError(error)}`);
      ports.log(`${me.name}: cannot record: ${formatError(error)}`);
    }
    return {
      agent: me.name,
      at: snapshot.clock,
      ok: failures.length === 0,
      task: decision.task,
      reason: decision.reason,
      did: outcomes.map(({ what, reason }) => ({ what, reason })),
      failures,
      balanceAtomic: snapshot.chain?.usdcAtomic,
      revenueAtomic: revenueOf(snapshot),
      wakeAt: wakeAt === undefined || wakeAt <= snapshot.now ? undefined : wakeAt - snapshot.now + snapshot.clock,
    };
  }

  function decide(snapshot: Snapshot, failures: string[]): Decision {
    try {
      return ports.policy(snapshot);
    } catch (error) {
      failures.push(`cannot decide: ${formatError(error)}`);
      return unable(failures, undefined);
    }
  }

  async function act(snapshot: Snapshot, decision: Decision, failures: string[]) {
    const outcomes: Outcome[] = [];
    let wakeAt: number | undefined;
    for (const flow of ports.flows) {
      try {
        const plan = flow.plan(snapshot, decision.intents);
        if (plan.wakeAt !== undefined) wakeAt = Math.min(wakeAt ?? plan.wakeAt, plan.wakeAt);
        for (const outcome of await plan.perform()) {
          if (outcome.failure === undefined) outcomes.push(outcome);
          else failures.push(`${outcome.what}: ${outcome.failure.message}`);
        }
      } catch (error) {
        failures.push(`${flow.name}: ${formatError(error)}`);
      }
    }
    return { outcomes, wakeAt };
  }

  async function record(
    snapshot: Snapshot,
    decision: Decision,
    outcomes: readonly Outcome[],
    failures: string[],
    refusal: string | undefined,
  ): Promise<void> {
    const { lines, news } =
      refusal === undefined
        ? compose(snapshot, decision, outcomes, failures)
        : composeRefusal(snapshot, decision, refusal);
    count(snapshot, lines.length);
    const signature = `${formatDay(snapshot.clock)} ${decision.task} ${decision.reason}`;
    const recorded: Beat = {
      snapshot,
      decision,
      outcomes,
      failures,
      ircState: ports.channel?.state() ?? 'none',
      saidToday: counters.said,
      heardToday: counters.heard,
      build: ports.build,
      refusal,
      isNews: signature !== lastLogged,
    };
    const operations = recordOperations(recorded, (problem) => failures.push(`cannot record ${problem}`));
    const id = ports.uuid();
    await ports.vault.write({ id, author: me.name, message: subjectOf(decision, outcomes), operations });
    lastLogged = signature;
    said = news;
    lastRefusal = refusal;
    if (lines.length === 0) return;
    // What is said must already stand in the vault, where others resolve its ids.
    const speech: Promise<void> = ports.vault.landed(id).then(
      () => {
        for (const line of lines) ports.channel?.say(line);
      },
      (error: unknown) => ports.log(`${me.name}: not announced: ${formatError(error)}`),
    );
    speaking.add(speech);
    void speech.finally(() => speaking.delete(speech));
  }

  /** What to say about a beat. Words are never worth a record: what can't be composed is not said. */
  function compose(
    snapshot: Snapshot,
    decision: Decision,
    outcomes: readonly Outcome[],
    failures: string[],
  ): { readonly lines: readonly string[]; readonly news: Said } {
    if (ports.channel === undefined) return { lines: [], news: said };
    try {
      const told = outcomes.flatMap((outcome) =>
        outcome.announcements.map((announcement) => formatReply({ announcement })),
      );
      const context = conversationContext(snapshot, decision.needs, decision, ports.build);
      const replies = converse(snapshot.heard, context).map(formatReply);
      const news = announce(snapshot.market.myOffers, decision.needs, said, snapshot.clock);
      return {
        lines: [...told, ...replies, ...news.lines.map((announcement) => formatReply({ announcement }))],
        news: news.said,
      };
    } catch (error) {
      failures.push(`cannot speak: ${formatError(error)}`);
      return { lines: [], news: said };
    }
  }

  /** An agent that doesn't trade says so once, and still answers people. */
  function composeRefusal(
    snapshot: Snapshot,
    decision: Decision,
    refusal: string,
  ): { readonly lines: readonly string[]; readonly news: Said } {
    if (ports.channel === undefined) return { lines: [], news: said };
    const context = conversationContext(snapshot, [], decision, ports.build);
    const answers = converse(snapshot.heard, { ...context, offers: [] }).filter((reply) => 'text' in reply);
    const summary = `${REFUSING}: ${refusal}`;
    const news = refusal === lastRefusal ? [] : [formatReply({ announcement: { type: 'status', summary } })];
    return { lines: [...news, ...answers.map(formatReply)], news: said };
  }

  function count(snapshot: Snapshot, saidNow: number): void {
    const day = formatDay(snapshot.clock);
    if (counters.day !== day) Object.assign(counters, { day, said: 0, heard: 0 });
    counters.said += saidNow;
    counters.heard += snapshot.heard.length;
  }

  return {
    beat,
    concerns: (line) =>
      lastSeen !== undefined &&
      nudges([line], conversationContext(lastSeen.snapshot, lastSeen.decision.needs, lastSeen.decision, ports.build)),
    settled: async () => {
      await Promise.allSettled(speaking);
    },
  };
}

const REFUSING = 'refusing to trade';

/** So much of what was done stands in the subject of a commit. */
const SUBJECT_BYTES = 72;

/** The decision of a beat that could not see enough to decide anything, or that must not. */
function unable(failures: readonly string[], refusal: string | undefined): Decision {
  if (refusal !== undefined) return { intents: [], needs: [], task: REFUSING, reason: refusal };
  return { intents: [], needs: [], task: 'waiting for what it cannot reach', reason: failures[0] ?? 'unknown' };
}

function subjectOf(decision: Decision, outcomes: readonly Outcome[]): string {
  return cleanText(outcomes[0]?.what ?? decision.task, SUBJECT_BYTES);
}

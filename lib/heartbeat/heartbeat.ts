import { agentStateKind, agentStatePath } from '../core/agent-state.ts';
import type { HeardLine } from '../core/channel.ts';
import { formatError } from '../core/errors.ts';
import type { Outcome } from '../core/flow.ts';
import type { Decision } from '../core/intent.ts';
import { refusalOf } from '../core/protocol.ts';
import { signingHalt } from '../core/signing-halt.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { cleanText, withoutNumbers } from '../core/text.ts';
import { formatDay } from '../core/time.ts';
import { type BeatResult, runBeat, type Sensed } from './beat.ts';
import type { BeatReport, HeartbeatPorts } from './ports.ts';
import { recordOperations, revenueOf } from './record.ts';
import { sense } from './sense.ts';
import { createSpeaker, REFUSING } from './speaker.ts';

/** The heartbeat of an agent. A beat never throws: its errors are in its report, in the log and in the agent's state. */
export interface Heartbeat {
  readonly beat: () => Promise<BeatReport>;
  /** Whether a line from the channel is a reason for an early beat, by what the last beat knew. */
  readonly concerns: (line: HeardLine) => boolean;
  /** Resolves when every recorded line is said on the channel or dropped, because its write failed. */
  readonly settled: () => Promise<void>;
}

/** What an agent sensed and what it decided to do about it. */
interface Decided extends Sensed<Snapshot> {
  readonly decision: Decision;
  /** Why the agent doesn't trade here; undefined if it does. */
  readonly refusal: string | undefined;
}

/** The maximum length of a commit's subject, in bytes. */
const SUBJECT_BYTES = 72;

/** Creates the heartbeat of an agent: sense, decide, act, record. */
export function createHeartbeat(ports: HeartbeatPorts): Heartbeat {
  const { me, build } = ports;
  const log = (line: string): void => ports.log(`${me.name}: ${line}`);
  const speaker = createSpeaker({ channel: ports.channel, nicks: ports.nicks, build, log });
  let lastLogged = '';
  /** When the newest beat was recorded; undefined before the first record of this process. */
  let lastClock: number | undefined;
  /** The agent's beats and how many met an error, from its state on. */
  let counts: { readonly beats: number; readonly errors: number } | undefined;
  /** Resolves when the newest write of this process has landed or was given up. */
  let lastLanding: Promise<unknown> = Promise.resolve();

  async function senseAndDecide(errors: string[]): Promise<Decided> {
    const { snapshot, isComplete } = await sense(ports, errors);
    return decideIn(snapshot, isComplete, errors);
  }

  function decideIn(snapshot: Snapshot, isComplete: boolean, errors: string[]): Decided {
    const { requirements, quarantined } = ports.orders();
    const quarantine = quarantined.get(me.name);
    if (isComplete && quarantine !== undefined) {
      return decideToEnd(`in quarantine: ${quarantine.reason}`, snapshot, errors);
    }
    const refused = isComplete ? refusalOf(snapshot.vault, me.name, build, requirements) : undefined;
    if (refused?.endsTrades === true) return decideToEnd(refused.reason, snapshot, errors);
    const refusal = refused?.reason;
    if (!isComplete || refusal !== undefined) {
      return { snapshot, refusal, decision: unable(errors, refusal), intents: undefined };
    }
    const decision = decide(snapshot, errors);
    // Every flow may sign something, so while signing is halted no flow runs.
    const halt = signingHalt(snapshot);
    if (halt === undefined) return { snapshot, refusal, decision, intents: decision.intents };
    // An unreadable chain is already in the errors.
    if (snapshot.chain !== undefined) errors.push(halt);
    const halted = { ...decision, intents: [], task: 'signing nothing', reason: halt };
    return { snapshot, refusal, decision: halted, intents: undefined };
  }

  /** Nothing new is signed, and what is open is ended: a counterparty's money isn't held back for what this agent did. */
  function decideToEnd(refusal: string, snapshot: Snapshot, errors: string[]): Decided {
    const decision = unable(errors, refusal);
    const halt = signingHalt(snapshot);
    return { snapshot, refusal, decision, intents: halt === undefined ? [] : undefined, exitsOnly: true };
  }

  function decide(snapshot: Snapshot, errors: string[]): Decision {
    try {
      return ports.policy(snapshot);
    } catch (error) {
      errors.push(`cannot decide: ${formatError(error)}`);
      return unable(errors, undefined);
    }
  }

  async function record({ sensed, outcomes, errors }: BeatResult<Decided>): Promise<void> {
    if (sensed === undefined) return;
    const { snapshot, decision, refusal } = sensed;
    const { saidToday, heardToday, sayAfter } = speaker.compose({ snapshot, decision, outcomes, refusal }, errors);
    const told = [decision.task, decision.reason, ...errors.map(withoutNumbers)];
    const signature = `${formatDay(snapshot.clock)} ${told.join(' ')}`;
    const counted = countBeat(snapshot, errors);
    const { operations, withinSeconds } = recordOperations({
      snapshot,
      decision,
      outcomes,
      errors,
      ircState: ports.channel?.state() ?? 'none',
      saidToday,
      heardToday,
      build,
      orders: ports.orders(),
      refusal,
      isNews: signature !== lastLogged,
      counts: counted,
      gapSeconds: lastClock === undefined ? undefined : Math.max(0, snapshot.clock - lastClock),
    });
    if (withinSeconds !== undefined) {
      if (operations.length === 0) ports.rests.drop(me.name);
      else ports.rests.hold(me.name, operations, withinSeconds);
      [counts, lastLogged, lastClock] = [counted, signature, snapshot.clock];
      // Nothing of this record has to be there before its lines are said, but what they name has.
      const landing = lastLanding;
      sayAfter(() => landing);
      return;
    }
    const id = ports.uuid();
    ports.rests.drop(me.name);
    try {
      await ports.vault.write({ id, author: me.name, message: subjectOf(decision, outcomes), operations });
    } catch (error) {
      log(`cannot record: ${formatError(error)}`);
      throw error;
    }
    [counts, lastLogged, lastClock] = [counted, signature, snapshot.clock];
    const landing = ports.vault.landed(id);
    lastLanding = landing.catch(() => undefined);
    sayAfter(() => landing);
  }

  function countBeat(
    { vault }: Snapshot,
    errors: readonly string[],
  ): { readonly beats: number; readonly errors: number } {
    const before = counts ?? vault.note(agentStateKind, agentStatePath(me.name))?.data;
    return {
      beats: (before?.beats ?? 0) + 1,
      errors: (before?.errors ?? 0) + (errors.length > 0 ? 1 : 0),
    };
  }

  return {
    beat: async () => {
      const { sensed, outcomes, errors, wakeAt } = await runBeat({ sense: senseAndDecide, flows: ports.flows, record });
      const { task, reason } = sensed?.decision ?? unable(errors, undefined);
      const { now, clock } = sensed?.snapshot ?? { now: 0, clock: ports.clock() };
      return {
        agent: me.name,
        at: clock,
        ok: errors.length === 0,
        task,
        reason,
        did: outcomes.map(({ what, reason }) => ({ what, reason })),
        errors,
        balanceAtomic: sensed?.snapshot.chain?.usdcAtomic,
        revenueAtomic: sensed === undefined ? 0n : revenueOf(sensed.snapshot),
        wakeAt: wakeAt === undefined || wakeAt <= now ? undefined : wakeAt - now + clock,
      };
    },
    concerns: (line) => !ports.isIgnored(line.nick) && speaker.concerns(line),
    settled: speaker.settled,
  };
}

/** The decision of a beat that knows too little to decide, or that must not trade. */
function unable(errors: readonly string[], refusal: string | undefined): Decision {
  if (refusal !== undefined) return { intents: [], needs: [], task: REFUSING, reason: refusal };
  return { intents: [], needs: [], task: 'waiting after an error', reason: errors[0] ?? 'unknown' };
}

function subjectOf(decision: Decision, outcomes: readonly Outcome[]): string {
  return cleanText(outcomes[0]?.what ?? decision.task, SUBJECT_BYTES);
}

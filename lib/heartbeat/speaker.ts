import { type ConversationContext, converse, nudges } from '../conversation/conversation.ts';
import { formatReply } from '../conversation/reply.ts';
import type { ChannelPort, HeardLine } from '../core/channel.ts';
import { formatError } from '../core/errors.ts';
import type { Outcome } from '../core/flow.ts';
import type { AgentName } from '../core/ids.ts';
import type { Decision } from '../core/intent.ts';
import type { Build } from '../core/protocol.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { formatDay } from '../core/time.ts';
import { announce, type Said } from './announce.ts';
import { conversationContext } from './conversation-context.ts';

/** The task of an agent whose program must not trade here. */
export const REFUSING = 'refusing to trade';

/** The results of a beat, from which its lines are composed. */
interface Occasion {
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly outcomes: readonly Outcome[];
  /** Why the agent doesn't trade here; undefined if it does. */
  readonly refusal: string | undefined;
}

/** The lines of a beat: composed before its record, which contains their number, and said after it. */
export interface Speech {
  /** Lines said and heard on the day of the beat, including this beat. */
  readonly saidToday: number;
  readonly heardToday: number;
  /** Says the lines once the record has landed, so that others can resolve its ids; drops them if it doesn't land. */
  readonly sayAfter: (landed: () => Promise<unknown>) => void;
}

/** Says an agent's lines on its channel, and remembers what it said. */
export interface Speaker {
  /** Composes the lines of a beat. Never throws: lines that can't be composed are added to the errors and not said. */
  readonly compose: (occasion: Occasion, errors: string[]) => Speech;
  /** Whether a line from the channel is a reason for an early beat, by what was known when lines were last composed. */
  readonly concerns: (line: HeardLine) => boolean;
  /** Resolves when every line is said or dropped. */
  readonly settled: () => Promise<void>;
}

/** The lines of a beat, and what is remembered after they are said. */
interface Composed {
  readonly lines: readonly string[];
  readonly said: Said;
}

/** Creates the speaker of an agent; without a channel it says nothing. */
export function createSpeaker(ports: {
  readonly channel: ChannelPort | undefined;
  /** The nicks of the agents that this host has manifests of. */
  readonly nicks: ReadonlyMap<AgentName, string>;
  readonly build: Build;
  /** Receives why a line was not said. */
  readonly log: (line: string) => void;
}): Speaker {
  const { channel, nicks, build, log } = ports;
  let said: Said = new Map();
  let lastRefusal: string | undefined;
  let counters = { day: '', said: 0, heard: 0 };
  const pending = new Set<Promise<void>>();
  /** What every line of the channel is compared with until the next beat. */
  let context: ConversationContext | undefined;

  function composeTrade({ snapshot, decision, outcomes }: Occasion, context: ConversationContext): Composed {
    const told = outcomes.flatMap(({ announcements }) => announcements);
    const replies = converse(snapshot.heard, context);
    const news = announce(snapshot.market.myOffers, decision.needs, said, snapshot.clock);
    const format = (announcement: (typeof told)[number]) => formatReply({ announcement });
    const lines = [...told.map(format), ...replies.map(formatReply), ...news.lines.map(format)];
    return { lines, said: news.said };
  }

  /** An agent that doesn't trade says so once, and still answers people. */
  function composeRefusal({ snapshot }: Occasion, refusal: string, context: ConversationContext): Composed {
    const answers = converse(snapshot.heard, { ...context, offers: [] }).filter((reply) => 'text' in reply);
    const summary = `${REFUSING}: ${refusal}`;
    const news = refusal === lastRefusal ? [] : [formatReply({ announcement: { type: 'status', summary } })];
    return { lines: [...news, ...answers.map(formatReply)], said };
  }

  function composeAny(occasion: Occasion, errors: string[]): Composed {
    if (channel === undefined) return { lines: [], said };
    try {
      const { snapshot, decision, refusal } = occasion;
      context = conversationContext(snapshot, decision, build, channel.casemapping(), nicks);
      return refusal === undefined
        ? composeTrade(occasion, context)
        : composeRefusal(occasion, refusal, { ...context, needs: [] });
    } catch (error) {
      errors.push(`cannot speak: ${formatError(error)}`);
      return { lines: [], said };
    }
  }

  async function speak(lines: readonly string[], landed: () => Promise<unknown>): Promise<void> {
    try {
      await landed();
      for (const line of lines) channel?.say(line);
    } catch (error) {
      log(`not announced: ${formatError(error)}`);
    }
  }

  return {
    compose: (occasion, errors) => {
      const { clock, heard } = occasion.snapshot;
      const composed = composeAny(occasion, errors);
      const { lines } = composed;
      const day = formatDay(clock);
      const before = counters.day === day ? counters : { said: 0, heard: 0 };
      counters = { day, said: before.said + lines.length, heard: before.heard + heard.length };
      return {
        saidToday: counters.said,
        heardToday: counters.heard,
        sayAfter: (landed) => {
          said = composed.said;
          lastRefusal = occasion.refusal;
          if (lines.length === 0) return;
          const speaking = speak(lines, landed).finally(() => pending.delete(speaking));
          pending.add(speaking);
        },
      };
    },
    // Another server may fold nicks in another way: the next beat sees to it.
    concerns: (line) =>
      context !== undefined && context.casemapping === channel?.casemapping() && nudges([line], context),
    settled: async () => {
      await Promise.all(pending);
    },
  };
}

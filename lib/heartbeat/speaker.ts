import { converse } from '../conversation/conversation.ts';
import { formatReply } from '../conversation/reply.ts';
import type { ChannelPort } from '../core/channel.ts';
import { formatError } from '../core/errors.ts';
import type { Outcome } from '../core/flow.ts';
import type { Decision } from '../core/intent.ts';
import type { Build } from '../core/protocol.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { formatDay } from '../core/time.ts';
import { announce, type Said } from './announce.ts';
import { conversationContext } from './talk.ts';

/** What an agent does when its program must not trade here. */
export const REFUSING = 'refusing to trade';

/** What there is to say about a beat. */
interface Occasion {
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly outcomes: readonly Outcome[];
  /** Why the agent doesn't trade here; absent where it does. */
  readonly refusal: string | undefined;
}

/** The lines of a beat. They are composed before its record, which counts them, and said after it. */
export interface Speech {
  readonly lines: readonly string[];
  readonly said: Said;
  readonly refusal: string | undefined;
}

/** The voice of an agent on its channel; remembers what it said. */
export interface Speaker {
  /** Words are never worth a record: what can't be composed is an error of the beat, and is not said. */
  readonly compose: (occasion: Occasion, errors: string[]) => Speech;
  /** Lines said and heard on the day of the last beat. */
  readonly counts: () => { readonly said: number; readonly heard: number };
  /** Says a speech once the record of its beat has landed, where others resolve its ids; gives it up with the record. */
  readonly sayAfter: (speech: Speech, landed: () => Promise<unknown>) => void;
  /** Resolves when everything has been said or given up. */
  readonly settled: () => Promise<void>;
}

/** Creates the voice of an agent that has said nothing yet; without a channel it has nothing to say. */
export function createSpeaker(ports: {
  readonly channel: ChannelPort | undefined;
  readonly build: Build;
  /** Told why something was not said. */
  readonly log: (line: string) => void;
}): Speaker {
  const { channel, build, log } = ports;
  let said: Said = new Map();
  let lastRefusal: string | undefined;
  let counters = { day: '', said: 0, heard: 0 };
  const speaking = new Set<Promise<void>>();

  function composeTrade({ snapshot, decision, outcomes }: Occasion): Speech {
    const told = outcomes.flatMap(({ announcements }) => announcements);
    const replies = converse(snapshot.heard, conversationContext(snapshot, decision.needs, decision, build));
    const news = announce(snapshot.market.myOffers, decision.needs, said, snapshot.clock);
    const format = (announcement: (typeof told)[number]) => formatReply({ announcement });
    const lines = [...told.map(format), ...replies.map(formatReply), ...news.lines.map(format)];
    return { lines, said: news.said, refusal: undefined };
  }

  /** An agent that doesn't trade says so once, and still answers people. */
  function composeRefusal({ snapshot, decision }: Occasion, refusal: string): Speech {
    const context = conversationContext(snapshot, [], decision, build);
    const answers = converse(snapshot.heard, { ...context, offers: [] }).filter((reply) => 'text' in reply);
    const summary = `${REFUSING}: ${refusal}`;
    const news = refusal === lastRefusal ? [] : [formatReply({ announcement: { type: 'status', summary } })];
    return { lines: [...news, ...answers.map(formatReply)], said, refusal };
  }

  function composeAny(occasion: Occasion, errors: string[]): Speech {
    const { refusal } = occasion;
    const silence: Speech = { lines: [], said, refusal };
    if (channel === undefined) return silence;
    try {
      return refusal === undefined ? composeTrade(occasion) : composeRefusal(occasion, refusal);
    } catch (error) {
      errors.push(`cannot speak: ${formatError(error)}`);
      return silence;
    }
  }

  return {
    compose: (occasion, errors) => {
      const { clock, heard } = occasion.snapshot;
      const speech = composeAny(occasion, errors);
      const day = formatDay(clock);
      const before = counters.day === day ? counters : { said: 0, heard: 0 };
      counters = { day, said: before.said + speech.lines.length, heard: before.heard + heard.length };
      return speech;
    },
    counts: () => counters,
    sayAfter: (speech, landed) => {
      said = speech.said;
      lastRefusal = speech.refusal;
      if (speech.lines.length === 0) return;
      const saying: Promise<void> = landed().then(
        () => {
          for (const line of speech.lines) channel?.say(line);
        },
        (error: unknown) => log(`not announced: ${formatError(error)}`),
      );
      speaking.add(saying);
      void saying.finally(() => speaking.delete(saying));
    },
    settled: async () => {
      await Promise.allSettled(speaking);
    },
  };
}

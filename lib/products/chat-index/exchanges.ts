import { skillsIn } from '../lexicon/match.ts';
import { isQuestion } from '../text/question.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import type { ChatIndex } from './chat-index.ts';

/** An answer comes within this many messages of the question. */
const REACH = 120;

/** The skills of each message and the question that it answers, by the message's index. */
export interface Exchanges {
  /** The skills that it mentions, as numbers of the lexicon. */
  readonly skills: readonly (readonly number[])[];
  readonly asks: Uint8Array;
  /** The index of the question it answers, or -1. */
  readonly answerTo: Int32Array;
}

/**
 * Computes the exchanges of an index. A message answers a question when it is addressed to somebody who asked in the
 * last 120 messages of the day and asks nothing itself.
 */
export async function findExchanges({ messages, days }: ChatIndex): Promise<Exchanges> {
  const yieldToLoop = createYieldToLoop();
  const skills: (readonly number[])[] = [];
  const asks = new Uint8Array(messages.length);
  const answerTo = new Int32Array(messages.length).fill(-1);
  for (const { start, end } of days) {
    const lastQuestion = new Map<string, number>();
    for (let at = start; at < end; at += 1) {
      const message = messages[at];
      if (message === undefined) continue;
      skills.push(skillsIn(message.text));
      if (isQuestion(message.text)) {
        asks[at] = 1;
        lastQuestion.set(message.who, at);
      } else {
        for (const asker of message.to ?? []) {
          const question = lastQuestion.get(asker);
          if (asker === message.who || question === undefined || at - question > REACH) continue;
          answerTo[at] = question;
          break;
        }
      }
      await yieldToLoop();
    }
  }
  return { skills, asks, answerTo };
}

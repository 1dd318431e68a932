import { compareText } from '../../core/text.ts';
import type { Library } from '../chat-index/library.ts';
import { refOf } from '../ingest/message.ts';
import { isLexiconWord, topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { round, spread } from '../text/spread.ts';
import { proseOf, wordsOf } from '../text/tokens.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import type { TopicMap } from './goods.ts';

type Related = TopicMap['topics'][number]['related'];

const LEAST_MESSAGES = 5;
/** A word of fewer people is theirs, not the topic's; and it may be a name. */
const LEAST_PEOPLE = 5;
const LEAST_LETTERS = 3;
const CANDIDATES = 40;
const MOST_TERMS = 10;
/** 99.9% of chance associations are weaker (chi-squared, one degree of freedom). */
const LEAST_G2 = 10.83;

/**
 * Finds words that go with each topic, from the messages alone: by the log-likelihood ratio G² of the word being in the
 * topic's messages against all others (Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence").
 */
export async function relatedTerms(library: Library, bots: ReadonlySet<string>): Promise<ReadonlyMap<Topic, Related>> {
  const all = new Map<string, number>();
  const byTopic = new Map<Topic, { messages: number; readonly words: Map<string, number> }>();
  let messages = 0;
  await eachMessage(library, bots, ({ words, topics }) => {
    messages += 1;
    for (const word of words) all.set(word, (all.get(word) ?? 0) + 1);
    for (const topic of topics) {
      const tally = byTopic.get(topic) ?? { messages: 0, words: new Map<string, number>() };
      byTopic.set(topic, tally);
      tally.messages += 1;
      for (const word of words) tally.words.set(word, (tally.words.get(word) ?? 0) + 1);
    }
  });
  const chosen = new Map<Topic, Map<string, Candidate>>();
  for (const [topic, tally] of byTopic) {
    const candidates = [...tally.words]
      .filter(([, together]) => together >= LEAST_MESSAGES)
      .map(([word, together]) => ({
        word,
        g2: surprise(together, tally.messages, all.get(word) ?? together, messages),
      }))
      .filter(({ g2 }) => g2 >= LEAST_G2)
      .sort((a, b) => b.g2 - a.g2 || compareText(a.word, b.word))
      .slice(0, CANDIDATES);
    chosen.set(topic, new Map(candidates.map(({ word, g2 }) => [word, { g2, refs: [], people: new Set<string>() }])));
  }
  await eachMessage(library, bots, ({ words, topics, ref, who }) => {
    for (const topic of topics) {
      const candidates = chosen.get(topic);
      for (const word of words) {
        const candidate = candidates?.get(word);
        candidate?.refs.push(ref);
        candidate?.people.add(who);
      }
    }
  });
  return new Map([...chosen].map(([topic, candidates]) => [topic, finish(candidates)]));
}

interface Candidate {
  readonly g2: number;
  readonly refs: string[];
  readonly people: Set<string>;
}

interface Seen {
  readonly words: ReadonlySet<string>;
  readonly topics: ReadonlySet<Topic>;
  readonly ref: string;
  readonly who: string;
}

async function eachMessage(library: Library, bots: ReadonlySet<string>, visit: (seen: Seen) => void): Promise<void> {
  const yieldToLoop = createYieldToLoop();
  for (const { volume, start, end } of library.days) {
    const { skills } = await volume.exchanges();
    for (let at = start; at < end; at += 1) {
      const message = volume.index.messages[at];
      if (message === undefined || bots.has(message.who)) continue;
      const words = new Set(wordsOf(proseOf(message.text)).filter(isTerm));
      visit({ words, topics: new Set((skills[at] ?? []).map(topicOf)), ref: refOf(message), who: message.who });
      await yieldToLoop();
    }
  }
}

function isTerm(word: string): boolean {
  return word.length >= LEAST_LETTERS && /^\p{L}/u.test(word) && !isOrdinaryWord(word) && !isLexiconWord(word);
}

/** G² for a word in `together` of a topic's `inTopic` messages and `anywhere` of `total`; 0 where it is rarer there. */
function surprise(together: number, inTopic: number, anywhere: number, total: number): number {
  if (together / inTopic <= anywhere / total) return 0;
  const cells: readonly (readonly [number, number])[] = [
    [together, (inTopic * anywhere) / total],
    [inTopic - together, (inTopic * (total - anywhere)) / total],
    [anywhere - together, ((total - inTopic) * anywhere) / total],
    [total - inTopic - anywhere + together, ((total - inTopic) * (total - anywhere)) / total],
  ];
  return 2 * cells.reduce((sum, [seen, expected]) => sum + (seen > 0 ? seen * Math.log(seen / expected) : 0), 0);
}

function finish(candidates: ReadonlyMap<string, Candidate>): Related {
  return [...candidates]
    .filter(([, { people }]) => people.size >= LEAST_PEOPLE)
    .slice(0, MOST_TERMS)
    .map(([term, { g2, refs, people }]) => ({
      term,
      messages: refs.length,
      people: people.size,
      g2: round(g2, 1),
      evidence: [...spread(refs, 3)],
    }));
}

import { compareText } from '../../core/text.ts';
import { refOf } from '../ingest/message.ts';
import { skillOf, topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import type { Exchanges } from './exchanges.ts';
import type { Library, LibraryMessage, Volume } from './library.ts';
import { messagesOf } from './library.ts';
import type { TopicShares } from './topic-baseline.ts';

/** How far a person goes in a skill: asks about it, works with it, answers others, or answers many. */
export const LEVELS = ['learns', 'uses', 'helps', 'guides'] as const;
export type Level = (typeof LEVELS)[number];

/** The evidence of one person's skill in their messages. */
export interface SkillEvidence {
  readonly skill: string;
  readonly topic: Topic;
  readonly level: Level;
  /** Messages that mention it. */
  readonly mentions: number;
  /** Questions about it, to no one in particular. */
  readonly asks: number;
  /** Answers about it, to people who had asked. */
  readonly answers: number;
  readonly peopleHelped: number;
  readonly days: number;
  /** Orders the skills: 6 an answer, 4 a person helped, 2 a statement, 1 a question. */
  readonly score: number;
  /** References to the strongest messages, in order of time. */
  readonly evidence: readonly string[];
}

/** The minimum number of messages about a skill. */
const LEAST_MESSAGES = 2;
const MOST_SKILLS = 12;
const MOST_EVIDENCE = 6;
/** An answer that names no skill itself counts for the question's if it has at least this many characters. */
const LEAST_ANSWER = 20;

interface Tally {
  readonly answers: string[];
  readonly statements: string[];
  readonly asks: string[];
  readonly helped: Set<string>;
  readonly days: Set<string>;
  mentions: number;
}

/** Collects the evidence of a person's skills, strongest first. Depends on the library only. */
export async function skillEvidence(library: Library, person: string): Promise<readonly SkillEvidence[]> {
  const exchanges = new Map<Volume, Exchanges>();
  for (const volume of library.volumes) exchanges.set(volume, await volume.exchanges());
  const tallies = new Map<number, Tally>();
  for (const spoken of messagesOf(library, person)) {
    const found = exchanges.get(spoken.volume);
    if (found !== undefined) count(tallies, spoken, found);
  }
  return [...tallies]
    .map(([number, tally]) => judge(number, tally))
    .filter(({ mentions, answers }) => mentions > 0 && mentions + answers >= LEAST_MESSAGES)
    .sort((a, b) => b.score - a.score || compareText(a.skill, b.skill))
    .slice(0, MOST_SKILLS);
}

function count(tallies: Map<number, Tally>, { at, message, volume }: LibraryMessage, exchanges: Exchanges): void {
  const named = exchanges.skills[at] ?? [];
  const question = exchanges.answerTo[at] ?? -1;
  const isAnswer = question >= 0;
  const inherited = isAnswer && message.text.length >= LEAST_ANSWER ? (exchanges.skills[question] ?? []) : [];
  const ref = refOf(message);
  for (const number of new Set([...named, ...inherited])) {
    const tally = tallies.get(number) ?? emptyTally();
    tallies.set(number, tally);
    tally.days.add(message.day);
    if (named.includes(number)) tally.mentions += 1;
    if (isAnswer) {
      tally.answers.push(ref);
      const asker = volume.index.messages[question]?.who;
      if (asker !== undefined) tally.helped.add(asker);
    } else if (exchanges.asks[at] === 1 && (message.to ?? []).length === 0) tally.asks.push(ref);
    else tally.statements.push(ref);
  }
}

function emptyTally(): Tally {
  return { answers: [], statements: [], asks: [], helped: new Set(), days: new Set(), mentions: 0 };
}

function judge(number: number, tally: Tally): SkillEvidence {
  const { answers, statements, asks, helped, days, mentions } = tally;
  return {
    skill: skillOf(number).skill,
    topic: topicOf(number),
    level: levelOf(answers.length, helped.size, statements.length, asks.length),
    mentions,
    asks: asks.length,
    answers: answers.length,
    peopleHelped: helped.size,
    days: days.size,
    score: 6 * answers.length + 4 * helped.size + 2 * statements.length + asks.length,
    evidence: choose(answers, statements, asks),
  };
}

function levelOf(answers: number, helped: number, statements: number, asks: number): Level {
  if (answers >= 10 && helped >= 5) return 'guides';
  if (answers >= 3 && helped >= 2) return 'helps';
  return statements + answers > asks ? 'uses' : 'learns';
}

/** Takes answers before statements before questions, spread over time within each. */
function choose(...kinds: readonly (readonly string[])[]): readonly string[] {
  const chosen: string[] = [];
  for (const refs of kinds) {
    const room = Math.min(MOST_EVIDENCE - chosen.length, refs.length);
    for (let pick = 0; pick < room; pick += 1) {
      const ref = refs[Math.floor((pick * refs.length) / room)];
      if (ref !== undefined) chosen.push(ref);
    }
  }
  return chosen.sort(compareRefs);
}

/** Orders message references by day and number. */
export function compareRefs(a: string, b: string): number {
  const [dayA = '', idA = ''] = a.split('#');
  const [dayB = '', idB = ''] = b.split('#');
  return compareText(dayA, dayB) || Number(idA) - Number(idB);
}

/**
 * The topics of a person's skills, at most five, strongest first: ordered by the topic's share of the person's scores times
 * the ratio of that share to everyone's (`usual`), so that common topics don't come first for all.
 */
export function topicsOfSkills(
  skills: readonly { readonly topic: Topic; readonly score: number }[],
  usual: TopicShares,
): readonly Topic[] {
  const scores = new Map<Topic, number>();
  let all = 0;
  for (const { topic, score } of skills) {
    scores.set(topic, (scores.get(topic) ?? 0) + score);
    all += score;
  }
  const weight = (topic: Topic, score: number) => (score / all) ** 2 / (usual.get(topic) ?? 1);
  return [...scores]
    .map(([topic, score]) => ({ topic, weight: weight(topic, score) }))
    .sort((a, b) => b.weight - a.weight || compareText(a.topic, b.topic))
    .slice(0, 5)
    .map(({ topic }) => topic);
}

import type { Library } from '../chat-index/library.ts';
import { refOf } from '../ingest/message.ts';
import { topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';

/** The messages, people and days in which a topic or a skill occurs. */
export interface Sightings {
  readonly refs: string[];
  readonly people: Set<string>;
  readonly days: Set<string>;
}

/** The topics found in all messages of people. */
export interface TopicSurvey {
  readonly messages: number;
  readonly messagesByDay: ReadonlyMap<string, number>;
  readonly topics: ReadonlyMap<Topic, Sightings & { readonly byDay: ReadonlyMap<string, number> }>;
  readonly skills: ReadonlyMap<number, Sightings>;
  /** References of answers about a topic by who gave them. */
  readonly helpers: ReadonlyMap<Topic, ReadonlyMap<string, readonly string[]>>;
  /** For each person and day, the first message about each topic. */
  readonly personDays: ReadonlyMap<string, ReadonlyMap<Topic, string>>;
}

interface TopicTally extends Sightings {
  readonly byDay: Map<string, number>;
}

/** Surveys a library, leaving bots out. */
export async function surveyTopics(library: Library, bots: ReadonlySet<string>): Promise<TopicSurvey> {
  const yieldToLoop = createYieldToLoop();
  const topics = new Map<Topic, TopicTally>();
  const skills = new Map<number, Sightings>();
  const helpers = new Map<Topic, Map<string, string[]>>();
  const personDays = new Map<string, Map<Topic, string>>();
  const messagesByDay = new Map<string, number>();
  let messages = 0;
  for (const { volume, day, start, end } of library.days) {
    const { skills: named, answerTo } = await volume.exchanges();
    for (let at = start; at < end; at += 1) {
      const message = volume.index.messages[at];
      if (message === undefined || bots.has(message.who)) continue;
      messages += 1;
      messagesByDay.set(day, (messagesByDay.get(day) ?? 0) + 1);
      const ref = refOf(message);
      const numbers = named[at] ?? [];
      const question = answerTo[at] ?? -1;
      for (const number of numbers) see(entry(skills, number, emptySightings), ref, message.who, day);
      for (const topic of new Set(numbers.map(topicOf))) {
        const tally = entry(topics, topic, () => ({ ...emptySightings(), byDay: new Map() }));
        see(tally, ref, message.who, day);
        tally.byDay.set(day, (tally.byDay.get(day) ?? 0) + 1);
        const personDay = entry(personDays, `${day} ${message.who}`, () => new Map<Topic, string>());
        if (!personDay.has(topic)) personDay.set(topic, ref);
      }
      if (question >= 0) {
        for (const topic of new Set([...numbers, ...(named[question] ?? [])].map(topicOf))) {
          entry(
            entry(helpers, topic, () => new Map<string, string[]>()),
            message.who,
            () => [],
          ).push(ref);
        }
      }
      await yieldToLoop();
    }
  }
  return { messages, messagesByDay, topics, skills, helpers, personDays };
}

function emptySightings(): Sightings {
  return { refs: [], people: new Set(), days: new Set() };
}

function see(sightings: Sightings, ref: string, who: string, day: string): void {
  sightings.refs.push(ref);
  sightings.people.add(who);
  sightings.days.add(day);
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

import { type HelpCase, type Language, SAMPLE_TOPICS, type SampleTopic, type Talk } from './phrase-bank.ts';
import { createRandom, type Random } from './random.ts';
import { TOPIC_BANKS } from './topics/all.ts';

/** One subject that may come up: a problem or small talk. */
export type Subject =
  | { readonly kind: 'help'; readonly topic: SampleTopic; readonly language: Language; readonly problem: HelpCase }
  | { readonly kind: 'talk'; readonly topic: SampleTopic; readonly language: Language; readonly talk: Talk };

const LANGUAGES: readonly Language[] = ['en', 'es'];

/** What the weekend has more of. */
const LEISURE: ReadonlySet<SampleTopic> = new Set(['gaming', 'music', 'community', 'design']);

const SUBJECTS: readonly Subject[] = SAMPLE_TOPICS.flatMap((topic) =>
  LANGUAGES.flatMap((language): readonly Subject[] => {
    const { help, talk } = TOPIC_BANKS[topic][language];
    return [
      ...help.map((problem) => ({ kind: 'help', topic, language, problem }) as const),
      ...talk.map((one) => ({ kind: 'talk', topic, language, talk: one }) as const),
    ];
  }),
);

/**
 * The subjects of a day in the order in which they come up. Half of all come first, and those are the other half of
 * the day before; two topics are in fashion each day, and the weekend has more leisure.
 */
export function programmeOf(seed: string, dayNumber: number, weekend: boolean, random: Random): readonly Subject[] {
  const fashion = random.shuffle(SAMPLE_TOPICS).slice(0, 2);
  const halves = createRandom(`${seed}/halves/${Math.floor(dayNumber / 2)}`);
  const ranked = SUBJECTS.map((subject) => {
    const turn = halves.chance(0.5) === (dayNumber % 2 === 0);
    const leisure = LEISURE.has(subject.topic) === weekend ? 1.5 : 1;
    const weight = (fashion.includes(subject.topic) ? 3 : 1) * leisure;
    return { subject, turn, at: -Math.log(1 - random.next()) / weight };
  });
  return ranked
    .sort((left, right) => Number(right.turn) - Number(left.turn) || left.at - right.at)
    .map(({ subject }) => subject);
}

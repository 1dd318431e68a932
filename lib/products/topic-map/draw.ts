import { compareText } from '../../core/text.ts';
import type { Library } from '../chat-index/library.ts';
import { skillOf, topicOf } from '../lexicon/match.ts';
import type { Topic } from '../lexicon/topics.ts';
import { round, spread } from '../text/spread.ts';
import type { TopicMap } from './goods.ts';
import { relatedTerms } from './related-terms.ts';
import { surveyTopics, type TopicSurvey } from './survey-topics.ts';

/** 99% of chance differences are smaller. */
const LEAST_TREND_Z = 2.58;
const LEAST_PERSON_DAYS = 5;

/** Draws the map: topics with their skills, words, trend and helpers, and which topics go together. */
export async function drawMap(
  library: Library,
  bots: ReadonlySet<string>,
): Promise<Pick<TopicMap, 'messages' | 'topics' | 'together'>> {
  const survey = await surveyTopics(library, bots);
  const related = await relatedTerms(library, bots);
  const topics = [...survey.topics]
    .sort(([a, of], [b, other]) => other.refs.length - of.refs.length || compareText(a, b))
    .map(([topic, { refs, people, days, byDay }]) => ({
      topic,
      messages: refs.length,
      people: people.size,
      days: days.size,
      share: round(refs.length / survey.messages, 4),
      trend: trendOf(byDay, survey.messagesByDay),
      evidence: [...spread(refs, 5)],
      skills: skillsOf(survey, topic),
      related: related.get(topic) ?? [],
      helpers: helpersOf(survey, topic),
    }));
  return { messages: survey.messages, topics, together: togetherOf(survey) };
}

function skillsOf(survey: TopicSurvey, topic: Topic): TopicMap['topics'][number]['skills'] {
  return [...survey.skills]
    .filter(([number]) => topicOf(number) === topic)
    .map(([number, { refs }]) => ({
      skill: skillOf(number).skill,
      messages: refs.length,
      evidence: [...spread(refs, 3)],
    }))
    .sort((a, b) => b.messages - a.messages || compareText(a.skill, b.skill))
    .slice(0, 12);
}

function helpersOf(survey: TopicSurvey, topic: Topic): TopicMap['topics'][number]['helpers'] {
  return [...(survey.helpers.get(topic) ?? [])]
    .map(([person, refs]) => ({ person, answers: refs.length, evidence: [...spread(refs, 3)] }))
    .filter(({ answers }) => answers >= 3)
    .sort((a, b) => b.answers - a.answers || compareText(a.person, b.person))
    .slice(0, 5);
}

/** The topic's share in the newest tenth of the days against that in the rest. */
function trendOf(
  byDay: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
): 'rising' | 'steady' | 'falling' {
  const days = [...all.keys()].sort(compareText);
  const recent = new Set(days.slice(-Math.ceil(days.length / 10)));
  const sum = (counts: ReadonlyMap<string, number>, isRecent: boolean) =>
    [...counts].reduce((total, [day, count]) => total + (recent.has(day) === isRecent ? count : 0), 0);
  const [now, nowOf, before, beforeOf] = [sum(byDay, true), sum(all, true), sum(byDay, false), sum(all, false)];
  if (nowOf === 0 || beforeOf === 0) return 'steady';
  const pooled = (now + before) / (nowOf + beforeOf);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / nowOf + 1 / beforeOf));
  const z = deviation === 0 ? 0 : (now / nowOf - before / beforeOf) / deviation;
  return z >= LEAST_TREND_Z ? 'rising' : z <= -LEAST_TREND_Z ? 'falling' : 'steady';
}

/**
 * Pairs of topics by how much more often the same person speaks of both on a day than chance has it: normalized pointwise
 * mutual information (Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation Extraction").
 */
function togetherOf({ personDays }: TopicSurvey): TopicMap['together'] {
  const single = new Map<Topic, number>();
  const pairs = new Map<string, { readonly topics: [Topic, Topic]; readonly refs: [string, string][] }>();
  for (const topics of personDays.values()) {
    const ordered = [...topics].sort(([a], [b]) => compareText(a, b));
    for (const [at, [a, refA]] of ordered.entries()) {
      single.set(a, (single.get(a) ?? 0) + 1);
      for (const [b, refB] of ordered.slice(at + 1)) {
        const pair = pairs.get(`${a} ${b}`) ?? { topics: [a, b], refs: [] };
        pairs.set(`${a} ${b}`, pair);
        pair.refs.push([refA, refB]);
      }
    }
  }
  const share = (count: number) => count / personDays.size;
  return [...pairs.values()]
    .filter(({ refs }) => refs.length >= LEAST_PERSON_DAYS)
    .map(({ topics, refs }) => {
      const [a, b] = topics;
      const both = share(refs.length);
      const expected = share(single.get(a) ?? 0) * share(single.get(b) ?? 0);
      const npmi = both === 1 ? 1 : Math.log(both / expected) / -Math.log(both);
      return { topics, personDays: refs.length, npmi: round(npmi, 4), evidence: [...new Set(spread(refs, 2).flat())] };
    })
    .sort((a, b) => b.npmi - a.npmi || compareText(a.topics.join(), b.topics.join()))
    .slice(0, 30);
}

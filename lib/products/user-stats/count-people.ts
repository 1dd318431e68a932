import { compareText } from '../../core/text.ts';
import type { Library } from '../chat-index/library.ts';
import type { Message } from '../ingest/message.ts';
import { proseOf, wordsOf } from '../text/tokens.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import type { UserStats } from './goods.ts';

type PersonStats = UserStats['people'][number];

interface Tally {
  messages: number;
  words: number;
  questions: number;
  answers: number;
  actions: number;
  links: number;
  addressing: number;
  addressed: number;
  readonly days: Set<string>;
  readonly hours: number[];
  readonly partners: Map<string, number>;
}

/** Counts what everyone but the bots did, most messages first. */
export async function countPeople(library: Library, bots: ReadonlySet<string>): Promise<readonly PersonStats[]> {
  const yieldToLoop = createYieldToLoop();
  const tallies = new Map<string, Tally>();
  const of = (person: string): Tally => {
    const known = tallies.get(person) ?? emptyTally();
    tallies.set(person, known);
    return known;
  };
  for (const { volume, start, end } of library.days) {
    const exchanges = await volume.exchanges();
    for (let at = start; at < end; at += 1) {
      const message = volume.index.messages[at];
      if (message === undefined || bots.has(message.who)) continue;
      const tally = of(message.who);
      countMessage(tally, message);
      tally.questions += exchanges.asks[at] ?? 0;
      if ((exchanges.answerTo[at] ?? -1) >= 0) tally.answers += 1;
      for (const person of message.to ?? []) {
        if (bots.has(person) || person === message.who) continue;
        const other = of(person);
        other.addressed += 1;
        other.partners.set(message.who, (other.partners.get(message.who) ?? 0) + 1);
        tally.partners.set(person, (tally.partners.get(person) ?? 0) + 1);
      }
      await yieldToLoop();
    }
  }
  return [...tallies]
    .filter(([, { messages }]) => messages > 0)
    .map(([person, tally]) => finish(person, tally))
    .sort((a, b) => b.messages - a.messages || compareText(a.person, b.person));
}

function countMessage(tally: Tally, message: Message): void {
  tally.messages += 1;
  tally.words += wordsOf(proseOf(message.text)).length;
  tally.actions += message.action === true ? 1 : 0;
  tally.links += /https?:\/\//iu.test(message.text) ? 1 : 0;
  tally.addressing += (message.to ?? []).length > 0 ? 1 : 0;
  tally.days.add(message.day);
  const hour = Number(message.time.slice(0, 2));
  tally.hours[hour] = (tally.hours[hour] ?? 0) + 1;
}

function finish(person: string, { days, partners, hours, ...counts }: Tally): PersonStats {
  const ordered = [...days].sort(compareText);
  return {
    person,
    ...counts,
    hours: [...hours],
    daysActive: days.size,
    firstDay: ordered[0] ?? '',
    lastDay: ordered.at(-1) ?? '',
    partners: [...partners]
      .map(([other, messages]) => ({ person: other, messages }))
      .sort((a, b) => b.messages - a.messages || compareText(a.person, b.person))
      .slice(0, 5),
  };
}

function emptyTally(): Tally {
  return {
    messages: 0,
    words: 0,
    questions: 0,
    answers: 0,
    actions: 0,
    links: 0,
    addressing: 0,
    addressed: 0,
    days: new Set(),
    hours: Array.from({ length: 24 }, () => 0),
    partners: new Map(),
  };
}

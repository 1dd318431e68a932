import type { YieldToLoop } from '../yield-to-loop.ts';
import { createPeople, type People } from './people.ts';
import { normalizeNick } from './pseudonyms.ts';
import { type Log, readLog } from './read-log.ts';
import { createRelayWatch, type RelayForm } from './relay-watch.ts';
import { gatherWords } from './word-use.ts';

/** A log's words are gathered up to this many. */
const MAX_WORDS = 200_000;

/** What a message begins with when it is addressed to somebody. */
const ADDRESSED = /^\s?@?([^\s:,]{2,64})\s?[:,](?!\/\/)/u;

/** The people of a log, collected before its messages are read. */
export interface Survey {
  /** All names, as they are written. */
  readonly nicks: ReadonlySet<string>;
  readonly speakers: ReadonlySet<string>;
  readonly renames: readonly (readonly [string, string])[];
  readonly people: People;
  /** Who repeats what others say elsewhere, by nick. */
  readonly relays: ReadonlyMap<string, RelayForm>;
  readonly messages: number;
  /** Those of the speakers, in lower case, to whom a message is addressed as in `nick: text` or `nick, text`. */
  readonly addressed: ReadonlySet<string>;
  /** The words of its messages in lower case that are nobody's nick in it; empty unless asked for. */
  readonly words: ReadonlySet<string>;
  /** Why nothing of the log may be used, if so. */
  readonly refusal: string | undefined;
}

/** Reads the names in a log. `isBot` says who may be a relay. */
export async function surveyLog(
  log: Log,
  options: {
    readonly yieldToLoop: YieldToLoop;
    readonly withWords: boolean;
    readonly isBot: (nick: string) => boolean;
  },
): Promise<Survey> {
  const words = new Set<string>();
  const people = createPeople();
  const watch = createRelayWatch(options.isBot);
  const speakers = new Set<string>();
  const renames: (readonly [string, string])[] = [];
  const starts = new Set<string>();
  let messages = 0;
  const hear = (text: string): void => {
    if (options.withWords && words.size < MAX_WORDS) gatherWords(words, text);
  };
  const entries = readLog(log);
  let step = await entries.next();
  for (; step.done !== true; step = await entries.next()) {
    for (const entry of step.value) {
      if (entry.kind === 'too-long') continue;
      const { line } = entry;
      if (line.kind === 'message' || line.kind === 'private') for (const other of line.others ?? []) people.meet(other);
      if (line.kind === 'message' && line.onlyOfSpeakers !== true) {
        messages += 1;
        hear(line.text);
        watch.hear(line.by.nick, line.text);
        const start = ADDRESSED.exec(line.text)?.[1];
        if (start !== undefined && starts.size < MAX_WORDS) starts.add(start.toLowerCase());
        speakers.add(line.by.nick);
        people.meet(line.by);
        if (line.onBehalfOf !== undefined) people.meet(line.onBehalfOf);
      } else if (line.kind === 'continued') {
        hear(line.text);
      } else if (line.kind === 'private') {
        if (line.by !== undefined) people.meet(line.by);
      } else if (line.kind === 'presence') {
        for (const person of line.people) people.meet(person);
        const [from, to] = line.people;
        // An identifier says more than a rename: the names may be those of several people.
        const isKnown = from?.id !== undefined && from.id === to?.id;
        if (line.rename !== undefined && !isKnown) renames.push(line.rename);
      }
    }
    await options.yieldToLoop();
  }
  const refusal = step.value;
  const present = new Set(people.all().map(({ nick }) => normalizeNick(nick)));
  const { relays, behind } = watch.found((nick) => present.has(normalizeNick(nick)));
  for (const person of behind) {
    people.meet(person);
    speakers.add(person.nick);
  }
  const nicks = new Set(people.all().flatMap(({ nick, names }) => [nick, ...names]));
  for (const nick of nicks) words.delete(nick.toLowerCase());
  const addressed = new Set([...speakers].map((nick) => nick.toLowerCase()).filter((nick) => starts.has(nick)));
  return { nicks, speakers, renames, people, relays, messages, addressed, words, refusal };
}

import { createCasting, languageOf } from './casting.ts';
import { playHelp, playNews, playTalk, type Utterance } from './conversation.ts';
import { expand } from './grammar.ts';
import { COMMAND_BOT, PEOPLE, STREAM_BOT } from './people/everyone.ts';
import { isAwake, type Persona } from './persona.ts';
import { programmeOf, type Subject } from './programme.ts';
import { createRandom, type Random } from './random.ts';
import { BOT_COMMANDS, SMALL_TALK, STREAM_LINES, STREAM_SHOWS } from './small-talk.ts';
import { speak } from './voice.ts';

/** A day of the sample: its date and its messages as Twitch-style JSON lines, in order of time. */
export interface SampleDay {
  /** As in `2024-01-01`. */
  readonly day: string;
  /** Each `{"timestamp","user","message"}`, without line ends. */
  readonly lines: readonly string[];
}

/** Day number 0, a Monday. */
const FIRST_DAY_MS = Date.UTC(2024, 0, 1);
const DAY_SECONDS = 86_400;

/** Messages of conversations a day; greetings and farewells come on top. */
const TARGET: readonly [low: number, high: number] = [425, 505];

/** How busy the channel is at each UTC hour. */
const BUSY = [5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 5, 6, 7, 7, 8, 9, 10, 11, 12, 12, 11, 10, 9, 7];

interface Spoken {
  /** Seconds since the start of the day. */
  readonly at: number;
  readonly nick: string;
  readonly text: string;
}

/** The date of a day number, as in `2024-01-01` for 0. */
export function sampleDate(dayNumber: number): string {
  return new Date(FIRST_DAY_MS + dayNumber * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/** Makes up a day of chat, about 450 to 600 messages. The same seed and number give the same bytes. */
export function sampleDay(seed: string, dayNumber: number): SampleDay {
  const random = createRandom(`${seed}/day/${dayNumber}`);
  const present = PEOPLE.filter(({ activity }) => random.chance(activity < 4 ? 0.55 : 0.95));
  const conversations = [
    ...newsOfTheDay(seed, dayNumber, present, random),
    ...slips(present, random),
    ...botLines(present, random),
  ];
  const subjects = programmeOf(seed, dayNumber, [5, 6].includes(dayNumber % 7), random);
  const target = random.between(...TARGET);
  let count = conversations.length;
  for (const subject of subjects) {
    if (count >= target) break;
    const start = startTime(random);
    const said = play(subject, hourOf(start), present, random);
    conversations.push(...placed(said, start));
    count += said.length;
  }
  const inOrder = byTime(conversations);
  const all = byTime([...inOrder, ...courtesies(inOrder, present, random)]);
  const startMs = FIRST_DAY_MS + dayNumber * DAY_SECONDS * 1000;
  return {
    day: sampleDate(dayNumber),
    lines: all.map(({ at, nick, text }) =>
      JSON.stringify({
        timestamp: `${new Date(startMs + at * 1000).toISOString().slice(0, 19)}Z`,
        user: nick,
        message: text,
      }),
    ),
  };
}

function play(subject: Subject, hour: number, present: readonly Persona[], random: Random): readonly Utterance[] {
  const { topic, language } = subject;
  const casting = createCasting(present, random);
  if (subject.kind === 'talk') {
    return playTalk(subject.talk, casting.crowd(topic, language, hour, [], random.between(3, 5)), random);
  }
  const asker = casting.asker(topic, language, hour);
  const helper = asker && casting.helper(topic, language, hour, asker);
  if (asker === undefined || helper === undefined) return [];
  const bystanders = casting.crowd(topic, language, hour, [asker, helper], 2);
  return playHelp(subject.problem, language, { asker, helper, bystanders }, random);
}

/** About half of the people tell something of their own; nobody tells the same twice before all is told. */
function newsOfTheDay(seed: string, dayNumber: number, present: readonly Persona[], random: Random): readonly Spoken[] {
  return present.flatMap((persona) => {
    if (!random.chance(0.12 + persona.activity * 0.05)) return [];
    const round = Math.floor(dayNumber / persona.own.length);
    const order = createRandom(`${seed}/news/${persona.nick}/${round}`).shuffle(persona.own);
    const start = startTime(random, persona);
    const friends = createCasting(present, random).crowd(
      random.pick(persona.likes),
      languageOf(persona, random),
      hourOf(start),
      [persona],
      random.between(0, 2),
    );
    const news = order[dayNumber % persona.own.length] ?? random.pick(persona.own);
    return placed(
      playNews(persona, news, friends, (friend) => languageOf(friend, random), random),
      start,
    );
  });
}

/** Two or three times a day somebody posts an address, a number or a key. All are from ranges kept for examples. */
function slips(present: readonly Persona[], random: Random): readonly Spoken[] {
  return random
    .shuffle(present)
    .slice(0, random.between(2, 3))
    .flatMap((persona) => {
      const digits = (length: number): string => Array.from({ length }, () => random.between(0, 9)).join('');
      const language = languageOf(persona, random);
      const slots = new Map([
        ['mail', `${persona.nick.toLowerCase()}@example.${random.pick(['org', 'net', 'com'])}`],
        ['ip', `${random.pick(['203.0.113', '198.51.100', '192.0.2'])}.${random.between(2, 250)}`],
        ['phone', language === 'es' ? `+34 900 55 ${digits(2)} ${digits(2)}` : `+1 202 555 01${digits(2)}`],
        ['key', `0x${Array.from({ length: 64 }, () => random.between(0, 15).toString(16)).join('')}`],
      ]);
      const start = startTime(random, persona);
      const said: Utterance[] = [
        { afterSeconds: 0, nick: persona.nick, text: expand(random.pick(SMALL_TALK[language].slip), slots, random) },
      ];
      const [witness] = createCasting(present, random).crowd('security', language, hourOf(start), [persona], 1);
      if (witness !== undefined) {
        const reply = random.pick(SMALL_TALK[language].slipReply);
        const text = speak(witness, reply, { to: persona.nick, setPhrase: true }, random);
        said.push({ afterSeconds: random.between(8, 40), nick: witness.nick, text });
      }
      return placed(said, start);
    });
}

function botLines(present: readonly Persona[], random: Random): readonly Spoken[] {
  const commands = Array.from({ length: random.between(4, 7) }, (): readonly Spoken[] => {
    const persona = random.pick(present);
    const [command, answer] = random.pick(BOT_COMMANDS);
    const reply = `@${persona.nick} ${expand(answer, new Map(), random)}`;
    const said = [
      { afterSeconds: 0, nick: persona.nick, text: command },
      { afterSeconds: 1, nick: COMMAND_BOT, text: reply },
    ];
    return placed(said, startTime(random, persona));
  });
  const shows = Array.from({ length: random.between(2, 4) }, (): Spoken => {
    const slots = new Map([
      ['nick', random.pick(present).nick],
      ['what', random.pick(STREAM_SHOWS)],
    ]);
    return { at: startTime(random), nick: STREAM_BOT, text: expand(random.pick(STREAM_LINES), slots, random) };
  });
  return [...commands.flat(), ...shows];
}

/** Greetings before somebody's first message and farewells after the last, with an answer now and then. */
function courtesies(inOrder: readonly Spoken[], present: readonly Persona[], random: Random): readonly Spoken[] {
  return present.flatMap((persona) => {
    const own = inOrder.filter(({ nick }) => nick === persona.nick);
    const first = own[0];
    const last = own.at(-1);
    if (first === undefined || last === undefined) return [];
    const said: Spoken[] = [];
    if (random.chance(0.7)) {
      const at = Math.max(0, first.at - random.between(15, 120));
      said.push({
        at,
        nick: persona.nick,
        text: speak(persona, random.pick(persona.greetings), { setPhrase: true }, random),
      });
      const here = present.filter(({ nick }) => inOrder.some((one) => one.nick === nick && one.at < at));
      const [other] = createCasting(here, random).crowd(
        'community',
        languageOf(persona, random),
        hourOf(at),
        [persona],
        1,
      );
      if (other !== undefined && random.chance(0.35)) {
        const hello = expand(random.pick(SMALL_TALK[languageOf(other, random)].greetBack), new Map(), random);
        const text = speak(other, hello, { to: persona.nick, setPhrase: true }, random);
        said.push({ at: at + random.between(4, 14), nick: other.nick, text });
      }
    }
    if (random.chance(0.4)) {
      const at = Math.min(DAY_SECONDS - 1, last.at + random.between(20, 300));
      said.push({
        at,
        nick: persona.nick,
        text: speak(persona, random.pick(persona.byes), { setPhrase: true }, random),
      });
    }
    return said;
  });
}

/** A time of day by how busy the channel is, while the persona is awake if one is given; leaves room for the end. */
function startTime(random: Random, persona?: Persona): number {
  const hours = BUSY.map((busy, hour) => ({ hour, busy: persona === undefined || isAwake(persona, hour) ? busy : 0 }));
  const hour = random.weighted(hours, ({ busy }) => busy)?.hour ?? 12;
  return Math.min(hour * 3600 + random.between(0, 3599), DAY_SECONDS - 1800);
}

function placed(said: readonly Utterance[], start: number): readonly Spoken[] {
  let at = start;
  return said.map(({ afterSeconds, nick, text }) => {
    at = Math.min(at + afterSeconds, DAY_SECONDS - 1);
    return { at, nick, text };
  });
}

function hourOf(at: number): number {
  return Math.floor(at / 3600);
}

function byTime(spoken: readonly Spoken[]): readonly Spoken[] {
  return [...spoken].sort((left, right) => left.at - right.at);
}

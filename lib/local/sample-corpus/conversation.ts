import { expand, fillSlots } from './grammar.ts';
import type { Persona } from './persona.ts';
import type { HelpCase, Language, Phrases, Talk } from './phrase-bank.ts';
import type { Random } from './random.ts';
import { SMALL_TALK } from './small-talk.ts';
import { speak } from './voice.ts';

/** One message of a conversation. `afterSeconds` counts from the message before. */
export interface Utterance {
  readonly afterSeconds: number;
  readonly nick: string;
  readonly text: string;
}

/** Those who take part in a help conversation. */
export interface HelpCast {
  readonly asker: Persona;
  readonly helper: Persona;
  readonly bystanders: readonly Persona[];
}

/**
 * Plays a help conversation: question, questions back, answer, perhaps a second answer after the first failed, success,
 * thanks, with bystanders in between.
 */
export function playHelp(problem: HelpCase, language: Language, cast: HelpCast, random: Random): readonly Utterance[] {
  const { asker, helper, bystanders } = cast;
  const slots = fillSlots(problem.slots ?? {}, random);
  const small = SMALL_TALK[language];
  const said: Utterance[] = [];
  const say = (who: Persona, template: string, to?: Persona, setPhrase = false): void => {
    const text = speak(who, expand(template, slots, random), { to: to?.nick, setPhrase }, random);
    said.push({ afterSeconds: said.length === 0 ? 0 : random.between(6, 75) + paused, nick: who.nick, text });
    paused = 0;
  };
  let paused = 0;
  const pause = (): void => {
    paused = random.between(60, 600);
  };
  const mostly = (who: Persona): Persona | undefined => (random.chance(0.7) ? who : undefined);

  const script = chooseLines(problem, random);
  const [aside = '', lateAside] = random.shuffle(problem.aside);
  say(asker, script.ask);
  if (random.chance(0.6)) say(asker, script.more);
  if (random.chance(0.3)) say(helper, random.pick(small.pickUp), asker, true);
  for (const [question, reply] of script.probes) {
    say(helper, question, mostly(asker));
    say(asker, reply, mostly(helper));
  }
  const [first = '', second, last] = script.answers;
  say(helper, first, mostly(asker));
  if (second !== undefined && random.chance(0.5)) say(helper, second);
  const [bystander, other] = bystanders;
  if (bystander !== undefined && random.chance(0.65)) say(bystander, aside, mostly(asker));
  if (random.chance(0.6)) say(asker, random.pick(small.trying), undefined, true);
  pause();
  if (last !== undefined && random.chance(0.45)) {
    say(asker, random.pick(small.stuck), mostly(helper));
    say(helper, `${random.pick(small.again)} ${last}`, mostly(asker));
    pause();
  }
  say(asker, script.done, mostly(helper));
  say(asker, random.pick(asker.thanks), mostly(helper), true);
  if (random.chance(0.75)) say(helper, random.pick(helper.welcomes), mostly(asker), true);
  if (other !== undefined && lateAside !== undefined && random.chance(0.3)) say(other, lateAside);
  return said;
}

/** The lines of one conversation. */
interface Script {
  readonly ask: string;
  readonly more: string;
  readonly probes: HelpCase['probe'];
  /** The fix, something to add to it, and what helps when it did not. */
  readonly answers: readonly string[];
  readonly done: string;
}

function chooseLines(problem: HelpCase, random: Random): Script {
  const at = random.between(0, problem.ask.length - 1);
  const line = (phrases: Phrases): string =>
    (problem.aligned === true ? phrases[at] : undefined) ?? random.pick(phrases);
  const own = problem.probe[at];
  const [first = '', ...rest] = problem.answer;
  return {
    ask: line(problem.ask),
    more: line(problem.more),
    probes:
      problem.aligned === true
        ? (own === undefined ? [] : [own]).slice(0, random.between(0, 3))
        : random.shuffle(problem.probe).slice(0, random.between(0, 2)),
    answers: problem.aligned === true ? [line(problem.answer)] : [first, ...rest],
    done: line(problem.done),
  };
}

/** Plays small talk: an opening, then remarks by the others in any order, each remark once. */
export function playTalk(talk: Talk, people: readonly Persona[], random: Random): readonly Utterance[] {
  const slots = fillSlots(talk.slots ?? {}, random);
  const said: Utterance[] = [];
  const [opener, ...others] = people;
  if (opener === undefined || others.length === 0) return said;
  const say = (who: Persona, text: string, to?: Persona): void => {
    const spoken = speak(who, text, { to: to?.nick }, random);
    said.push({ afterSeconds: said.length === 0 ? 0 : random.between(8, 110), nick: who.nick, text: spoken });
  };
  say(opener, expand(random.pick(talk.open), slots, random));
  let previous = opener;
  for (const line of random.shuffle(talk.lines).slice(0, random.between(3, Math.min(8, talk.lines.length)))) {
    const who = random.pick([opener, ...others, ...others].filter(({ nick }) => nick !== previous.nick));
    say(who, expand(line, slots, random), random.chance(0.3) ? previous : undefined);
    if (random.chance(0.2)) say(previous, previous.style.laugh);
    previous = who;
  }
  return said;
}

/** Plays somebody's news with what others make of it. */
export function playNews(
  who: Persona,
  news: string,
  others: readonly Persona[],
  languageOf: (persona: Persona) => Language,
  random: Random,
): readonly Utterance[] {
  const said: Utterance[] = [{ afterSeconds: 0, nick: who.nick, text: speak(who, news, { setPhrase: true }, random) }];
  for (const other of others) {
    const reaction = expand(random.pick(SMALL_TALK[languageOf(other)].reaction), new Map(), random);
    const text = speak(other, reaction, { to: random.chance(0.6) ? who.nick : undefined, setPhrase: true }, random);
    said.push({ afterSeconds: random.between(10, 90), nick: other.nick, text });
    if (random.chance(0.3)) {
      said.push({ afterSeconds: random.between(10, 60), nick: who.nick, text: who.style.laugh });
    }
  }
  return said;
}

import type { Speaker } from './formats/format.ts';
import { isKnownRelay, type Relayed, relayedAtAll, relayedInSigns } from './relay.ts';

/** The most people behind the relays of one log. */
const MAX_BEHIND = 50_000;
/** So many lines show a habit; more are needed where the form is one that people use too. */
const LEAST_ANGLES = 2;
const LEAST_SIGNS = 5;

/** How a relay names those behind it. */
export type RelayForm = 'signs' | 'labels';

interface Heard {
  lines: number;
  angles: number;
  signs: number;
  readonly behind: Map<string, Speaker>;
  readonly labelled: Map<string, Speaker>;
}

/** Finds out in a log who repeats what others say elsewhere. */
export interface RelayWatch {
  readonly hear: (nick: string, text: string) => void;
  /** The relays by nick, and the people behind them. */
  readonly found: (isPresent: (nick: string) => boolean) => {
    readonly relays: ReadonlyMap<string, RelayForm>;
    readonly behind: readonly Speaker[];
  };
}

/**
 * Watches for relays: bots that the owner declares, well-known ones, and whoever puts a name in front of most lines. Where most of
 * those named are there themselves, they are addressed, not relayed: that makes a relay only of a declared bot, and never with labels
 * (`carla: text`).
 */
export function createRelayWatch(isDeclared: (nick: string) => boolean): RelayWatch {
  const heard = new Map<string, Heard>();
  let kept = 0;
  const keep = (people: Map<string, Speaker>, { by }: Relayed): void => {
    if (people.has(by.nick) || kept >= MAX_BEHIND) return;
    kept += 1;
    people.set(by.nick, by);
  };
  const mayRelay = (nick: string): boolean => isDeclared(nick) || isKnownRelay(nick);
  return {
    hear: (nick, text) => {
      let one = heard.get(nick);
      if (one === undefined) {
        one = { lines: 0, angles: 0, signs: 0, behind: new Map(), labelled: new Map() };
        heard.set(nick, one);
      }
      one.lines += 1;
      const relayed = mayRelay(nick) ? relayedAtAll(text) : relayedInSigns(text);
      if (relayed === undefined) return;
      if (relayed.shownBy === 'angle') one.angles += 1;
      if (relayed.shownBy !== 'label' && !relayed.action) one.signs += 1;
      keep(relayed.shownBy === 'label' ? one.labelled : one.behind, relayed);
    },
    found: (isPresent) => {
      const relays = new Map<string, RelayForm>();
      const behind: Speaker[] = [];
      for (const [nick, { lines, angles, signs, behind: people, labelled }] of heard) {
        const areAbsent = (names: ReadonlyMap<string, Speaker>): boolean =>
          [...names.keys()].filter((name) => !isPresent(name)).length * 2 > names.size;
        const isOften = angles >= LEAST_ANGLES || signs >= LEAST_SIGNS;
        const isHabit = signs * 2 > lines && isOften && people.size > 1;
        const labels = mayRelay(nick) && areAbsent(labelled);
        if (!isDeclared(nick) && !labels && !((isHabit || mayRelay(nick)) && areAbsent(people))) continue;
        relays.set(nick, labels ? 'labels' : 'signs');
        behind.push(...people.values(), ...(labels ? labelled.values() : []));
      }
      return { relays, behind };
    },
  };
}

/** Who says a line and what: behind a relay, the person that it names. */
export function voiceOf(
  by: Speaker,
  text: string,
  action: boolean,
  relays: ReadonlyMap<string, RelayForm>,
): { readonly by: Speaker; readonly text: string; readonly action: boolean } {
  const form = relays.get(by.nick);
  const relayed = form === undefined ? undefined : form === 'labels' ? relayedAtAll(text) : relayedInSigns(text);
  return relayed === undefined || relayed.text === ''
    ? { by, text, action }
    : { by: relayed.by, text: relayed.text, action: action || relayed.action };
}

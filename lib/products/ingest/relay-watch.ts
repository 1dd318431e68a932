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
  readonly found: (isSpeaker: (nick: string) => boolean) => {
    readonly relays: ReadonlyMap<string, RelayForm>;
    readonly behind: readonly Speaker[];
  };
}

/**
 * Watches for relays: bots of the list and well-known ones that put a name in front, and whoever does so in most lines. Those who put
 * it as a label (`carla: text`) are relays only where they are declared and most of those named aren't there themselves: else they
 * answer them.
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
    found: (isSpeaker) => {
      const relays = new Map<string, RelayForm>();
      const behind: Speaker[] = [];
      for (const [nick, { lines, angles, signs, behind: people, labelled }] of heard) {
        const isHabit = signs * 2 > lines && (angles >= LEAST_ANGLES || signs >= LEAST_SIGNS);
        const absent = [...labelled.keys()].filter((name) => !isSpeaker(name)).length;
        const labels = mayRelay(nick) && labelled.size > 0 && absent * 2 > labelled.size;
        if (!mayRelay(nick) && !isHabit) continue;
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

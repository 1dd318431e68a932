/** The nicks in the channel, as the server reported them. */
export interface Roster {
  readonly add: (nick: string) => void;
  readonly remove: (nick: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly has: (nick: string) => boolean;
  readonly clear: () => void;
  /** The nicks in their original spelling, in order of their folded form. */
  readonly list: () => readonly string[];
}

// Bounds the memory if a server reports more nicks than exist.
const MOST_NICKS = 5000;

/** Creates an empty roster. @param fold returns one form for all spellings that the server treats as the same nick. */
export function createRoster(fold: (nick: string) => string): Roster {
  const nicks = new Map<string, string>();
  const add = (nick: string) => {
    if (nick !== '' && nick.length <= 64 && nicks.size < MOST_NICKS) nicks.set(fold(nick), nick);
  };
  return {
    add,
    remove: (nick) => {
      nicks.delete(fold(nick));
    },
    rename: (from, to) => {
      if (nicks.delete(fold(from))) add(to);
    },
    has: (nick) => nicks.has(fold(nick)),
    clear: () => nicks.clear(),
    list: () => [...nicks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, nick]) => nick),
  };
}

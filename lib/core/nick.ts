/** How a server compares names (RPL_ISUPPORT CASEMAPPING, draft-hardy-irc-isupport-00 §4.2). */
export const CASEMAPPINGS = ['ascii', 'rfc1459', 'strict-rfc1459'] as const;
export type Casemapping = (typeof CASEMAPPINGS)[number];

/**
 * What the swarm's own servers announce, the embedded one and the hub's ngircd. Nicks of manifests and accounts hold no
 * character about which the mappings differ.
 */
export const SWARM_CASEMAPPING: Casemapping = 'ascii';

/** RFC 1459 §2.2: `{}|` are the lower case of `[]\`, for Scandinavian keyboards; most servers take `~` for the upper case of `^`. */
const LOWER: Readonly<Record<Casemapping, { readonly upper: RegExp; readonly pairs: ReadonlyMap<string, string> }>> = {
  ascii: { upper: /[A-Z]/g, pairs: new Map() },
  'strict-rfc1459': {
    upper: /[A-Z[\]\\]/g,
    pairs: new Map([
      ['[', '{'],
      [']', '}'],
      ['\\', '|'],
    ]),
  },
  rfc1459: {
    upper: /[A-Z[\]\\~]/g,
    pairs: new Map([
      ['[', '{'],
      [']', '}'],
      ['\\', '|'],
      ['~', '^'],
    ]),
  },
};

/** The form of a nick or channel by which a server with that casemapping looks it up. Folding twice changes nothing more. */
export function foldNick(nick: string, casemapping: Casemapping): string {
  const { upper, pairs } = LOWER[casemapping];
  return nick.replace(upper, (character) => pairs.get(character) ?? character.toLowerCase());
}

/** Whether a server with that casemapping takes two nicks, or channels, for the same. */
export function sameNick(a: string, b: string, casemapping: Casemapping): boolean {
  return foldNick(a, casemapping) === foldNick(b, casemapping);
}

/**
 * Reads what a server announced; rfc1459 where it announced nothing. One that isn't known is taken for ascii: letters are
 * the same in all of them, and two people are never taken for one.
 */
export function parseCasemapping(announced: unknown): Casemapping {
  if (announced === undefined) return 'rfc1459';
  return CASEMAPPINGS.find((known) => known === announced) ?? 'ascii';
}

/** How a server compares names (RPL_ISUPPORT CASEMAPPING, draft-hardy-irc-isupport-00 §4.2). */
export const CASEMAPPINGS = ['ascii', 'rfc1459', 'strict-rfc1459'] as const;
export type Casemapping = (typeof CASEMAPPINGS)[number];

/**
 * The mapping that the swarm's own servers announce: the embedded one and the hub's ngircd. Nicks of manifests and accounts
 * contain only characters that all mappings treat alike.
 */
export const SWARM_CASEMAPPING: Casemapping = 'ascii';

/** RFC 1459 §2.2: `{}|` are the lower case of `[]\`, for Scandinavian keyboards; most servers treat `~` as the upper case of `^`. */
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

/** Folds a nick or channel to the form that a server with that casemapping compares. Idempotent. */
export function foldNick(nick: string, casemapping: Casemapping): string {
  const { upper, pairs } = LOWER[casemapping];
  return nick.replace(upper, (character) => pairs.get(character) ?? character.toLowerCase());
}

/** Whether two nicks, or channels, are the same for a server with that casemapping. */
export function sameNick(a: string, b: string, casemapping: Casemapping): boolean {
  return foldNick(a, casemapping) === foldNick(b, casemapping);
}

/**
 * Parses the casemapping that a server announced; rfc1459 if it announced none. An unknown one is treated as ascii, which
 * folds only letters, so two people are never confused.
 */
export function parseCasemapping(announced: unknown): Casemapping {
  if (announced === undefined) return 'rfc1459';
  return CASEMAPPINGS.find((known) => known === announced) ?? 'ascii';
}

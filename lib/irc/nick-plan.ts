/** Which nick to try next during registration; undefined if no other is left for this connection. */
export interface NickPlan {
  /** After "nickname is already in use". */
  readonly afterTaken: () => string | undefined;
  /** After "erroneous nickname": most often too long for the server. */
  readonly afterRefused: () => string | undefined;
}

// The length that RFC 2812 guarantees on every server.
const SHORTEST_NICKLEN = 9;
const LONGEST_NICK = 31;
const MOST_TRIES = 50;

/** Creates the plan for a nick: `name_`, `name_2`, `name_3` … when taken, cut to nine characters when refused. */
export function createNickPlan(nick: string): NickPlan {
  let limit = LONGEST_NICK;
  let tries = 0;
  const next = () => {
    if (tries > MOST_TRIES) return undefined;
    const suffix = tries === 0 ? '' : tries === 1 ? '_' : `_${tries}`;
    return `${nick.slice(0, limit - suffix.length)}${suffix}`;
  };
  return {
    afterTaken: () => {
      tries += 1;
      return next();
    },
    afterRefused: () => {
      // Refused although it is short: only another suffix is left to try.
      if (limit === SHORTEST_NICKLEN) tries += 1;
      limit = SHORTEST_NICKLEN;
      return next();
    },
  };
}

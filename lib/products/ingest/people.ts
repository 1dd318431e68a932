import { SwarmError } from '../../core/errors.ts';
import type { Speaker } from './formats/format.ts';
import { normalizeNick } from './pseudonyms.ts';

/** The most people of one log. */
const MAX_PEOPLE = 200_000;
/** The most names that are kept of one person. */
const MAX_NAMES = 40;
/** An identifier under more nicks than this is no person's but a relay's. */
const MAX_NICKS_OF_ID = 20;

/** Somebody in a log: all lines of one nick and identifier. */
export interface Person {
  readonly nick: string;
  readonly names: ReadonlySet<string>;
  readonly id?: string;
}

/** The people of one log, as they are met. */
export interface People {
  readonly meet: (speaker: Speaker) => void;
  readonly all: () => readonly Person[];
  /** Whether an identifier is that of many nicks, as a relay's is. */
  readonly isShared: (id: string) => boolean;
  /** The name under which somebody gets a pseudonym: of all their names in this log, and told from others of the same nick. */
  readonly nameOf: (speaker: Pick<Speaker, 'nick' | 'id'>) => string;
}

/** Creates a log's people, none at first. */
export function createPeople(): People {
  const people = new Map<string, { readonly nick: string; readonly names: Set<string>; readonly id?: string }>();
  const nicksOf = new Map<string, Set<string>>();
  const firstNick = new Map<string, string>();
  let owners: { readonly size: number; readonly of: ReadonlyMap<string, ReadonlySet<string>> } | undefined;
  let version = 0;
  const isShared = (id: string): boolean => (nicksOf.get(id)?.size ?? 0) > MAX_NICKS_OF_ID;
  /** The people of each name, by nick, and by identifier where they have one. */
  const ownersOf = (): ReadonlyMap<string, ReadonlySet<string>> => {
    if (owners?.size === version) return owners.of;
    const of = new Map<string, Set<string>>();
    for (const { nick, names, id } of people.values()) {
      const key = id === undefined || isShared(id) ? `nick\0${nick}` : `id\0${id}`;
      for (const name of [nick, ...names]) {
        const folded = normalizeNick(name);
        of.set(folded, (of.get(folded) ?? new Set()).add(key));
      }
    }
    owners = { size: version, of };
    return of;
  };
  /** The first nick that somebody had here, or the identifier where others have that nick too. */
  const nameOfId = (id: string): string | undefined => {
    const nick = firstNick.get(id);
    return nick === undefined || ownersOf().get(normalizeNick(nick))?.size === 1 ? nick : id;
  };
  return {
    meet: ({ nick, aliases, id }) => {
      const key = `${normalizeNick(nick)}\0${id ?? ''}`;
      let person = people.get(key);
      if (person === undefined) {
        if (people.size >= MAX_PEOPLE) throw tooManyPeople();
        person = { nick, names: new Set(), ...(id === undefined ? {} : { id }) };
        people.set(key, person);
        if (id !== undefined) {
          nicksOf.set(id, (nicksOf.get(id) ?? new Set()).add(normalizeNick(nick)));
          if (!firstNick.has(id)) firstNick.set(id, nick);
        }
        version += 1;
      }
      for (const name of nick === person.nick ? aliases : [nick, ...aliases]) {
        if (person.names.has(name) || person.names.size >= MAX_NAMES) continue;
        person.names.add(name);
        version += 1;
      }
    },
    all: () =>
      [...people.values()].map(({ nick, names, id }) =>
        id === undefined || isShared(id) ? { nick, names } : { nick, names, id },
      ),
    isShared,
    nameOf: ({ nick, id }) => {
      if (id !== undefined && !isShared(id)) return nameOfId(id) ?? nick;
      const owning = ownersOf().get(normalizeNick(nick));
      if (owning === undefined || owning.size !== 1) return nick;
      const [only = ''] = owning;
      return (only.startsWith('id\0') ? nameOfId(only.slice('id\0'.length)) : only.slice('nick\0'.length)) ?? nick;
    },
  };
}

function tooManyPeople(): SwarmError {
  return new SwarmError({
    code: 'products/too-many-people',
    disposition: 'stop',
    message: `The log has more than ${MAX_PEOPLE} people`,
    next: 'Split it into several files.',
  });
}

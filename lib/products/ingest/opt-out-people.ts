import { foldName } from './name-fold.ts';
import type { Person } from './people.ts';

/** The people of one log who opted out. */
export interface FoundPeople {
  readonly ids: ReadonlySet<string>;
  /** Names of opted-out people without an identifier, and names that renames lead to. */
  readonly sure: ReadonlySet<string>;
  /** Names of opted-out people with an identifier, which somebody of another identifier may have too. */
  readonly maybe: ReadonlySet<string>;
  /** Names of those who are opted out by a name or identifier of their own, not by a rename. */
  readonly own: ReadonlySet<string>;
}

/** Follows names, identifiers and renames from the people that are meant to all names of theirs, in any order. */
export function findOptedOut(
  people: readonly Person[],
  renames: readonly (readonly [string, string])[],
  isMeant: { readonly name: (name: string) => boolean; readonly person: (person: Person) => boolean },
): FoundPeople {
  const byName = new Map<string, Person[]>();
  const byId = new Map<string, Person[]>();
  const nextOf = new Map<string, string[]>();
  for (const person of people) {
    for (const name of namesOf(person)) push(byName, foldName(name), person);
    if (person.id !== undefined) push(byId, person.id, person);
  }
  for (const [from, to] of renames) {
    push(nextOf, foldName(from), to);
    push(nextOf, foldName(to), from);
  }
  const found = { ids: new Set<string>(), sure: new Set<string>(), maybe: new Set<string>(), own: new Set<string>() };
  const taken = new Set<Person>();
  const reached = new Set<string>();
  const pending: { readonly name: string; readonly isSure: boolean; readonly isOwn: boolean }[] = [];
  const take = (first: Person, isOwn: boolean): void => {
    for (const person of first.id === undefined ? [first] : (byId.get(first.id) ?? [])) {
      if (taken.has(person)) continue;
      taken.add(person);
      const isSure = person.id === undefined;
      if (person.id !== undefined) found.ids.add(person.id);
      for (const name of namesOf(person)) {
        (isSure ? found.sure : found.maybe).add(name);
        if (isOwn) found.own.add(name);
        pending.push({ name, isSure, isOwn });
      }
    }
  };
  for (const person of people) if (isMeant.person(person)) take(person, true);
  for (const name of renames.flat()) if (isMeant.name(name)) pending.push({ name, isSure: true, isOwn: false });
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    const { isSure, isOwn } = step;
    const key = foldName(step.name);
    const state = `${isSure ? 'sure' : 'maybe'}\0${key}`;
    if (reached.has(state)) continue;
    reached.add(state);
    for (const person of byName.get(key) ?? []) if (isSure || person.id === undefined) take(person, isOwn);
    for (const next of nextOf.get(key) ?? []) {
      found.sure.add(next);
      pending.push({ name: next, isSure: true, isOwn: false });
    }
  }
  return found;
}

/** All names of somebody. */
export function namesOf({ nick, names }: Person): readonly string[] {
  return [nick, ...names];
}

function push<Value>(to: Map<string, Value[]>, key: string, value: Value): void {
  const there = to.get(key);
  if (there === undefined) to.set(key, [value]);
  else there.push(value);
}

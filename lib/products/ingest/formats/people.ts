import type { Speaker } from './format.ts';

/** A name that a record of somebody may lack. */
export type Name = string | null | undefined;

/** Nobody's name is longer on any platform. */
const MAX_NAME = 300;

/** Somebody by the first of these names that is there; the others are aliases. Undefined without any. */
export function personOf(names: readonly Name[], id?: string): Speaker | undefined {
  const [nick, ...aliases] = new Set(
    names.flatMap((name) => (name === null || name === undefined || name.length > MAX_NAME ? [] : name.trim() || [])),
  );
  if (nick === undefined) return undefined;
  return id === undefined ? { nick, aliases } : { nick, aliases, id };
}

/** Those of some people who have a name. */
export function present(people: readonly (Speaker | undefined)[]): readonly Speaker[] {
  return people.flatMap((person) => person ?? []);
}

/** A text without the lines that are marked as quoted by `>`: they are another's words. */
export function withoutQuotes(text: string): string {
  const own = text.replace(/^>>> [\s\S]*$/mu, '').split('\n');
  return own
    .filter((line) => !/^\s?>/u.test(line))
    .join('\n')
    .trim();
}

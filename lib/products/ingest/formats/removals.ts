/** So many deletions of a file are remembered. */
const MAX_REMOVALS = 200_000;

/** What is deleted later in a file: gathered before its items are read. */
export interface Removals {
  /** One item further, before its deletions are gathered. */
  readonly pass: () => void;
  readonly remove: (id: string | undefined) => void;
  /** Everything that stands before, or what somebody said there. */
  readonly removeAllBefore: (person?: string) => void;
  /** One item further, before it is asked about. */
  readonly next: () => void;
  readonly isRemoved: (id: string | undefined, people: readonly (string | undefined)[]) => boolean;
  /** Why nothing of the file may be used: there were too many to know them all. */
  readonly refusal: () => string | undefined;
}

/** Starts with none. */
export function createRemovals(): Removals {
  const ids = new Set<string>();
  const people = new Map<string, number>();
  let everythingBefore = 0;
  let passed = 0;
  let read = 0;
  let isFull = false;
  const hasRoom = (): boolean => {
    isFull ||= ids.size + people.size >= MAX_REMOVALS;
    return !isFull;
  };
  return {
    pass: () => {
      passed += 1;
    },
    remove: (id) => {
      if (id !== undefined && id !== '' && hasRoom()) ids.add(id);
    },
    removeAllBefore: (person) => {
      if (person === undefined) everythingBefore = passed;
      else if (person !== '' && hasRoom()) people.set(person, passed);
    },
    next: () => {
      read += 1;
    },
    isRemoved: (id, names) =>
      read < everythingBefore ||
      (id !== undefined && ids.has(id)) ||
      names.some((name) => name !== undefined && read < (people.get(name) ?? 0)),
    refusal: () => (isFull ? `more than ${MAX_REMOVALS} of its messages are deleted` : undefined),
  };
}

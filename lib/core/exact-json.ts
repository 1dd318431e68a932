/** The paths of the values that JSON can't hold, by type: each is stored there in another form. */
interface Marks {
  readonly bigint?: readonly Path[];
  readonly date?: readonly Path[];
  readonly undefined?: readonly Path[];
}
type Mark = keyof Marks;
type Path = readonly (string | number)[];

/**
 * Formats a value as JSON on one line from which {@link parseExact} makes an equal one, bigints, dates and undefined fields
 * included. Returns undefined for values that JSON can't restore: instances of other classes, functions, symbols, NaN, -0.
 */
export function formatExact(value: unknown): string | undefined {
  const marks: { [Name in Mark]?: Path[] } = {};
  try {
    const plain = toPlain(value, [], (name, path) => {
      marks[name] ??= [];
      marks[name].push(path);
    });
    return JSON.stringify([plain, marks]);
  } catch (error) {
    if (error instanceof NotExact) return undefined;
    throw error;
  }
}

/** Parses what {@link formatExact} made. @throws Error for anything else. */
export function parseExact(text: string): unknown {
  const root = JSON.parse(text) as [unknown, Marks];
  const [, marks] = root;
  for (const path of marks.bigint ?? []) replaceAt(root, path, (stored) => BigInt(stored as string));
  for (const path of marks.date ?? []) replaceAt(root, path, (stored) => new Date(stored as number));
  for (const path of marks.undefined ?? []) replaceAt(root, path, () => undefined);
  return root[0];
}

class NotExact extends Error {}

function toPlain(value: unknown, path: Path, mark: (name: Mark, path: Path) => void): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) throw new NotExact();
      return value;
    case 'bigint':
      mark('bigint', path);
      return value.toString();
    case 'undefined':
      mark('undefined', path);
      return null;
    case 'object':
      return value === null ? null : objectToPlain(value, path, mark);
    default:
      throw new NotExact();
  }
}

function objectToPlain(value: object, path: Path, mark: (name: Mark, path: Path) => void): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new NotExact();
    mark('date', path);
    return value.getTime();
  }
  if (Array.isArray(value)) {
    if (Object.keys(value).length !== value.length) throw new NotExact();
    return value.map((item, index) => toPlain(item, [...path, index], mark));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || Object.getOwnPropertySymbols(value).length > 0) {
    throw new NotExact();
  }
  const plain: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (key === '__proto__' || key === 'toJSON') throw new NotExact();
    plain[key] = toPlain(field, [...path, key], mark);
  }
  return plain;
}

/** Replaces the value at a path. The whole value is the first item of `root`, so an empty path can be replaced, too. */
function replaceAt(root: [unknown, Marks], path: Path, replace: (stored: unknown) => unknown): void {
  let parent: Record<string | number, unknown> = root as unknown as Record<number, unknown>;
  let last: string | number = 0;
  for (const step of path) {
    parent = parent[last] as Record<string | number, unknown>;
    last = step;
  }
  parent[last] = replace(parent[last]);
}

/** What the writer does, each with an error of its own: that of one is not over because another went well. The first is told first. */
const PARTS = ['push', 'fetch', 'files', 'scan', 'packing'] as const;
type Part = (typeof PARTS)[number];

/** The errors of the writer that are not over. */
export interface ErrorBoard {
  readonly set: (part: Part, message: string | undefined) => void;
  readonly has: (part: Part) => boolean;
  /** The error to tell; undefined when all goes well. */
  readonly last: () => string | undefined;
}

/** Creates an {@link ErrorBoard}; `log` is called when a part has an error that it didn't have before. */
export function createErrorBoard(log: (message: string) => void): ErrorBoard {
  const errors = new Map<Part, string>();
  return {
    set: (part, message) => {
      if (message !== undefined && errors.get(part) !== message) log(message);
      if (message === undefined) errors.delete(part);
      else errors.set(part, message);
    },
    has: (part) => errors.has(part),
    last: () => PARTS.flatMap((part) => errors.get(part) ?? [])[0],
  };
}

/** One parsed line of a log. Nicks and text are not cleaned. */
export type ParsedLine =
  | {
      readonly kind: 'message';
      /** The UTC day, where lines carry their own; absent where the file's name tells it. */
      readonly day?: string;
      /** `HH:MM` or `HH:MM:SS`; absent for lines without: they take that of the line before. */
      readonly time?: string;
      readonly nick: string;
      /** Other names of the speaker, for the opt-out. */
      readonly aliases: readonly string[];
      readonly text: string;
      readonly action: boolean;
      /** It is a message only if somebody called so speaks in the same file. */
      readonly onlyOfSpeakers: boolean;
    }
  | { readonly kind: 'presence'; readonly nicks: readonly string[]; readonly rename?: readonly [string, string] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

/** What is parsed from a file's name. */
export interface FileName {
  /** The UTC day, as in `2026-11-20`, where the name has one. */
  readonly day: string | undefined;
}

/** One format of chat logs. To add one, write it in a file here and add it to `CHAT_FORMATS`: the first that accepts
 * a file's name reads it, so two formats whose files are named alike need one that tells them apart. */
export interface ChatFormat {
  readonly name: string;
  /** Whether a file of this name is of this format; by the name alone. */
  readonly accepts: (fileName: string) => FileName | undefined;
  /** Reads one line, without its line end. Never throws. */
  readonly parse: (line: string) => ParsedLine;
}

/** The day at the start of a file's name, if it is a valid date. */
export function dayInName(fileName: string): string | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(?!\d)/.exec(fileName)?.[1];
  return day !== undefined && isDay(day) ? day : undefined;
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** When something was said: an instant, or what a clock showed in the time zone of the log. */
export type SentAt =
  /** Milliseconds since 1970. */
  | { readonly kind: 'instant'; readonly ms: number }
  /**
   * `day` as in `2026-11-20`; absent where the file's name tells it. `time` as `HH:MM` or `HH:MM:SS`; absent for lines without:
   * they take that of the line before.
   */
  | { readonly kind: 'clock'; readonly day?: string; readonly time?: string };

/** Who says something. */
export interface Speaker {
  /** What the speaker is called in this log; the pseudonym is made of it. Without a sign of status (`@`, `+`). */
  readonly nick: string;
  /** Every other name that the line offers: login, display name, real name, account, relayed name. For the opt-out and for mentions. */
  readonly aliases: readonly string[];
  /** An identifier that is the same person's in every log of this platform, as in `slack:U01`. */
  readonly id?: string;
}

/** One item of a log, parsed. Names and texts are not cleaned. */
export type ParsedLine =
  | {
      readonly kind: 'message';
      readonly at: SentAt;
      readonly by: Speaker;
      readonly text: string;
      readonly action: boolean;
      /** It is a message only if somebody called so speaks in the same file. */
      readonly onlyOfSpeakers?: true;
      /** For whom it is said, where that is another: the channel that a signed post appears under. */
      readonly onBehalfOf?: Speaker;
      /** Others whom the line tells names of beside its text: who is mentioned, answered or reacts. */
      readonly others?: readonly Speaker[];
    }
  /** The text goes on: one more line of the message before. */
  | { readonly kind: 'continued'; readonly text: string }
  /** Private on its own network: a whisper, a message to operators only. It is never sold. */
  | { readonly kind: 'private'; readonly by?: Speaker; readonly others?: readonly Speaker[] }
  /** People that the log names without a message of theirs. A rename goes from the first name to the second. */
  | { readonly kind: 'presence'; readonly people: readonly Speaker[]; readonly rename?: readonly [string, string] }
  /** The day from here on, as in `2026-11-20`, in the time zone of the log. */
  | { readonly kind: 'day'; readonly day: string }
  /** Said by the server or by the program that keeps the log. */
  | { readonly kind: 'server' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'unknown' };

/** What a date like `05/03/2024` starts with. */
export const DATE_ORDERS = ['day-first', 'month-first'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** A file as formats see it. */
export interface LogPlace {
  /** Relative to the folder of the logs, with `/`, without `.gz` and the like. */
  readonly path: string;
  /** The day that the path tells, if it does: in the name, or in folders as in `2024/05/03/`. */
  readonly day: string | undefined;
  /** The order of day and month in the logs, where their owner says it. */
  readonly dateOrder?: DateOrder | undefined;
}

/** The start of a file. */
export interface LogSample extends LogPlace {
  /** Its first lines, whole ones, at most 64 KiB. */
  readonly lines: readonly string[];
}

/**
 * Whether a file is of a format: `certain` when something in it is found in this format only, `possible` when its lines could be
 * others' too. Two certain formats, or two possible ones without a certain one, are ambiguous, and the file is refused.
 */
export type Recognition = 'certain' | 'possible' | 'no';

/** Reads one file from its start to its end. */
export interface LogReader<Item> {
  /**
   * Where later items change what earlier ones mean (deletions, edits): called with all items of the file, and with those of its
   * companions, before the first is read. Never throws.
   */
  readonly foresee?: (item: Item, companion?: string) => void;
  /** The meaning of the next item. Never throws. */
  readonly read: (item: Item) => ParsedLine;
  /** After the last item: why nothing of this file may be used, as in `may be in either order of day and month`. */
  readonly refusal?: () => string | undefined;
}

interface FormatFacts {
  readonly name: string;
  /** What its files look like, for people whose file was not recognized. */
  readonly form: string;
  readonly recognize: (sample: LogSample) => Recognition;
  /** Other files that a file of this path is understood with, relative to its folder, as in `../users.json`. Those that exist are foreseen. */
  readonly companions?: (path: string) => readonly string[];
  /** What a file lacks that is nearly of this format, as in `its lines have no time`. Nothing for all others. */
  readonly whyNot?: (sample: LogSample) => string | undefined;
}

/** A format whose items are lines. */
export interface LineFormat extends FormatFacts {
  readonly unit: 'lines';
  readonly open: (place: LogPlace) => LogReader<string>;
}

/** A value of a JSON document, and where it stands. */
export interface JsonItem {
  /** The one of the format's `paths` that it stands at. */
  readonly path: string;
  readonly value: unknown;
}

/** A format whose files are one JSON document each; its items are the values at some paths of it, in the order of the file. */
export interface JsonFormat extends FormatFacts {
  readonly unit: 'json';
  /** As in `$.messages.*`. */
  readonly paths: readonly string[];
  readonly open: (place: LogPlace) => LogReader<JsonItem>;
}

/** One format of chat logs, recognized by content. To add one, write it in a file here and add it to `CHAT_FORMATS`. */
export type ChatFormat = LineFormat | JsonFormat;

/** The day in a file's path, in UTC or wherever the log is from: `2024-05-03….txt`, `…_20240503.log`, `2024/05/03/….txt`. */
export function dayInPath(path: string): string | undefined {
  const found =
    /(?:^|\/)(\d{4})-(\d{2})-(\d{2})(?!\d)[^/]*$/.exec(path) ??
    /(?:^|[/_.])(\d{4})-?(\d{2})-?(\d{2})(?:\.[^/.]*)?$/.exec(path) ??
    /(?:^|\/)(\d{4})\/(\d{2})\/(\d{2})\/[^/]*$/.exec(path);
  if (found === null) return undefined;
  const day = `${found[1]}-${found[2]}-${found[3]}`;
  return isDay(day) ? day : undefined;
}

/** Whether a text is a day that exists, as in `2026-11-20`. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

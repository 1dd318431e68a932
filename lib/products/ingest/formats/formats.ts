import type { ChatFormat, LogSample } from './format.ts';
import { jsonLinesFormat } from './json-lines.ts';
import { ubuntuFormat } from './ubuntu.ts';

/** The formats that are read. */
export const CHAT_FORMATS: readonly ChatFormat[] = [ubuntuFormat, jsonLinesFormat];

/** The format of a file; several when it may be of any of them, none when it is of no known one. */
export function formatsOf(sample: LogSample): readonly ChatFormat[] {
  const found = CHAT_FORMATS.map((format) => ({ format, is: format.recognize(sample) }));
  const certain = found.filter(({ is }) => is === 'certain');
  const taken = certain.length > 0 ? certain : found.filter(({ is }) => is === 'possible');
  return taken.map(({ format }) => format);
}

/** The forms of all formats, for people whose file is in none of them. */
export function formsThatAreRead(): string {
  return CHAT_FORMATS.map(({ name, form }) => `${name} (${form})`).join('; ');
}

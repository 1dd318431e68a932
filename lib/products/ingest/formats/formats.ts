import type { ChatFormat } from './format.ts';
import { jsonLinesFormat } from './json-lines.ts';
import { ubuntuFormat } from './ubuntu.ts';

/** The formats that are read; the first that accepts a file's name reads it. */
export const CHAT_FORMATS: readonly ChatFormat[] = [ubuntuFormat, jsonLinesFormat];

import { createReadStream } from 'node:fs';
import { cleanText } from '../../core/text.ts';
import { byteLines } from '../goods/byte-lines.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import { type IngestCounts, noCounts } from './counts.ts';
import type { DaySpool } from './day-spool.ts';
import type { ChatFormat, ParsedLine } from './formats/format.ts';
import { type NickBook, replaceNicks } from './mentions.ts';
import { formatMessage } from './message.ts';
import type { OptOut } from './opt-out.ts';
import { redact } from './redact.ts';
import { MAX_LOG_LINE_BYTES, type Survey } from './survey.ts';

/** The longest text of a message, in bytes; longer ones are cut. */
const MAX_TEXT_BYTES = 4000;

/** One log and what is needed to make it pseudonymous. */
export interface FileIngest {
  readonly path: string;
  readonly format: ChatFormat;
  /** The day in the file's name, if any. */
  readonly day: string | undefined;
  readonly survey: Survey;
  readonly book: NickBook;
  readonly optOut: OptOut;
  readonly spool: DaySpool;
  readonly yieldToLoop: YieldToLoop;
}

type Spoken = Extract<ParsedLine, { kind: 'message' }>;

/** Reads one log into the spool, message by message: cleaned, redacted, pseudonymous. Returns what happened to its lines. */
export async function ingestFile(job: FileIngest): Promise<IngestCounts> {
  const counts = noCounts();
  let lastTime = '00:00';
  const take = (spoken: Spoken, id: number) => {
    if (spoken.time !== undefined) lastTime = spoken.time;
    if (spoken.onlyOfSpeakers && !job.survey.speakers.has(spoken.nick)) {
      counts.serverLines += 1;
      return;
    }
    const day = job.day ?? spoken.day;
    if (day === undefined) {
      counts.unparsed += 1;
      return;
    }
    if ([spoken.nick, ...spoken.aliases].some(job.optOut.isOptedOut)) {
      counts.optedOut += 1;
      return;
    }
    const { text, to } = replaceNicks(job.optOut.conceal(redact(cleanMessage(spoken.text), counts)), job.book);
    if (text === '') {
      counts.empty += 1;
      return;
    }
    counts.messages += 1;
    const who = job.book.pseudonymOf(spoken.nick);
    const message = { day, id, text, time: lastTime, to: [...to], who };
    job.spool.add(day, formatMessage(spoken.action ? { action: true, ...message } : message));
  };
  const file = createReadStream(job.path, { highWaterMark: 32 * 1024 });
  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of file) yield Buffer.from(chunk);
  };
  for await (const batch of byteLines(bytes(), MAX_LOG_LINE_BYTES)) {
    for (const line of batch) {
      const id = counts.lines;
      counts.lines += 1;
      if (line.kind === 'too-long') {
        counts.tooLong += 1;
        continue;
      }
      if (line.mended) counts.mended += 1;
      const parsed = job.format.parse(line.text);
      if (parsed.kind === 'message') take(parsed, id);
      else if (parsed.kind === 'presence') counts.serverLines += 1;
      else if (parsed.kind === 'nothing') counts.serverLines += line.text === '' ? 0 : 1;
      else counts.unparsed += 1;
      await job.yieldToLoop();
    }
    await job.spool.flush();
  }
  return counts;
}

/** One line of text without IRC's formatting, controls, bidi marks and disguised ASCII. */
function cleanMessage(text: string): string {
  const plain = text
    .replace(/\u0003(?:\d{1,2}(?:,\d{1,2})?)?|[\u0002\u000f\u0011\u0016\u001d-\u001f]/g, '')
    .normalize('NFC')
    .replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0));
  return cleanText(plain, MAX_TEXT_BYTES);
}

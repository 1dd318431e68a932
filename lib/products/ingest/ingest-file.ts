import { cleanText } from '../../core/text.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import { type IngestCounts, noCounts } from './counts.ts';
import type { DaySpool } from './day-spool.ts';
import type { ParsedLine } from './formats/format.ts';
import { type NickBook, replaceNicks } from './mentions.ts';
import { formatMessage } from './message.ts';
import type { OptOut } from './opt-out.ts';
import { type Log, readLog } from './read-log.ts';
import { redact } from './redact.ts';
import type { Survey } from './survey.ts';
import { whenOf } from './when.ts';

/** The longest text of a message, in bytes; longer ones are cut. */
const MAX_TEXT_BYTES = 4000;

/** One log and what is needed to make it pseudonymous. */
export interface FileIngest {
  readonly log: Log;
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
  let last: { readonly day: string | undefined; readonly time: string } = {
    day: job.log.place.day,
    time: '00:00',
  };
  /** The message that may go on in the next line. */
  let open: { readonly spoken: Spoken; readonly id: number; readonly text: string } | undefined;

  const take = ({ spoken, id, text: said }: NonNullable<typeof open>): void => {
    if (spoken.onlyOfSpeakers === true && !job.survey.speakers.has(spoken.by.nick)) {
      counts.serverLines += 1;
      return;
    }
    last = whenOf(spoken.at, job.log.place.day, last);
    if (last.day === undefined) {
      counts.unparsed += 1;
      return;
    }
    if ([spoken.by.nick, ...spoken.by.aliases].some(job.optOut.isOptedOut)) {
      counts.optedOut += 1;
      return;
    }
    const { text, to } = replaceNicks(job.optOut.conceal(redact(cleanMessage(said), counts)), job.book);
    if (text === '') {
      counts.empty += 1;
      return;
    }
    counts.messages += 1;
    const message = { ...last, day: last.day, id, text, to: [...to], who: job.book.pseudonymOf(spoken.by.nick) };
    job.spool.add(last.day, formatMessage(spoken.action ? { action: true, ...message } : message));
  };
  const close = (): void => {
    if (open !== undefined) take(open);
    open = undefined;
  };
  const read = (line: ParsedLine, id: number): void => {
    if (line.kind === 'continued') {
      if (open === undefined) counts.unparsed += 1;
      else if (open.text.length < MAX_TEXT_BYTES) open = { ...open, text: `${open.text}\n${line.text}` };
      return;
    }
    close();
    switch (line.kind) {
      case 'message':
        open = { spoken: line, id, text: line.text };
        return;
      case 'day':
        last = { day: line.day, time: '00:00' };
        return;
      case 'private':
      case 'presence':
      case 'server':
        counts.serverLines += 1;
        return;
      case 'blank':
        return;
      case 'unknown':
        counts.unparsed += 1;
    }
  };

  for await (const batch of readLog(job.log)) {
    for (const entry of batch) {
      const id = counts.lines;
      counts.lines += 1;
      if (entry.kind === 'too-long') {
        close();
        counts.tooLong += 1;
        continue;
      }
      if (entry.mended) counts.mended += 1;
      read(entry.line, id);
      await job.yieldToLoop();
    }
    await job.spool.flush();
  }
  close();
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

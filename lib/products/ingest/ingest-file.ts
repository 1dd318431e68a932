import { cleanText } from '../../core/text.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import { type IngestCounts, noCounts } from './counts.ts';
import type { DaySpool } from './day-spool.ts';
import type { ParsedLine } from './formats/format.ts';
import { replaceNicks } from './mentions.ts';
import { formatMessage } from './message.ts';
import type { NickBook } from './nick-book.ts';
import type { OptOut } from './opt-out.ts';
import { plainText } from './plain-text.ts';
import { type Log, readLog } from './read-log.ts';
import { redact } from './redact.ts';
import { voiceOf } from './relay-watch.ts';
import type { Survey } from './survey.ts';
import type { TimeZone } from './time-zone.ts';
import { type Clock, whenOf } from './when.ts';

/** The longest text of a message, in bytes; longer ones are cut. */
const MAX_TEXT_BYTES = 4000;

/** One log and what is needed to make it pseudonymous. */
export interface FileIngest {
  readonly log: Log;
  readonly survey: Survey;
  readonly book: NickBook;
  readonly optOut: OptOut;
  /** Of times that have none. */
  readonly zone: TimeZone;
  readonly isBot: (nick: string) => boolean;
  readonly spool: DaySpool;
  readonly yieldToLoop: YieldToLoop;
}

type Spoken = Extract<ParsedLine, { kind: 'message' }>;

/** What happened to the lines of a log. */
export interface Ingested {
  readonly counts: IngestCounts;
  /** The number of the first item that wasn't understood, from 0. */
  readonly firstUnparsed: number | undefined;
}

/** Reads one log into the spool, message by message: cleaned, redacted, pseudonymous. */
export async function ingestFile(job: FileIngest): Promise<Ingested> {
  const counts = noCounts();
  let firstUnparsed: number | undefined;
  const misunderstand = (id: number): void => {
    counts.unparsed += 1;
    firstUnparsed ??= id;
  };
  let last: Clock = { day: job.log.place.day, time: '00:00' };
  /** The message that may go on in the next line. */
  let open: { readonly spoken: Spoken; readonly id: number; readonly text: string } | undefined;

  const take = ({ spoken, id, text: said }: NonNullable<typeof open>): void => {
    if (spoken.onlyOfSpeakers === true && !job.survey.speakers.has(spoken.by.nick)) {
      counts.serverLines += 1;
      return;
    }
    const { when, clock } = whenOf(spoken.at, last, job.zone);
    last = clock;
    if (when === undefined) {
      misunderstand(id);
      return;
    }
    const voice = voiceOf(spoken.by, said, spoken.action, job.survey.relays);
    const isRepeated = job.optOut.repeats(said, job.survey.relays.has(spoken.by.nick) || job.isBot(spoken.by.nick));
    const { by, onBehalfOf = by } = spoken;
    if (isRepeated || [by, onBehalfOf, voice.by].some(job.optOut.isSilent)) {
      counts.optedOut += 1;
      return;
    }
    const { text, to } = replaceNicks(
      job.optOut.conceal(redact(cleanMessage(job.optOut.mend(voice.text)), counts)),
      job.book,
    );
    if (text === '') {
      counts.empty += 1;
      return;
    }
    counts.messages += 1;
    const who = job.book.pseudonymOf(job.survey.people.nameOf(voice.by));
    const message = { ...when, id, text, to: [...to], who };
    job.spool.add(when.day, formatMessage(voice.action ? { action: true, ...message } : message));
  };
  const close = (): void => {
    if (open !== undefined) take(open);
    open = undefined;
  };
  const read = (line: ParsedLine, id: number): void => {
    if (line.kind === 'continued') {
      if (open === undefined) misunderstand(id);
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
        counts.private += 1;
        return;
      case 'presence':
      case 'server':
        counts.serverLines += 1;
        return;
      case 'blank':
        return;
      case 'unknown':
        misunderstand(id);
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
  return { counts, firstUnparsed };
}

/** One line of text without formatting, controls, bidi marks and disguised ASCII. */
function cleanMessage(text: string): string {
  return cleanText(plainText(text), MAX_TEXT_BYTES);
}

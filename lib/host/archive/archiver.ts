import { formatError } from '../../core/errors.ts';
import { type Schedule, startSchedule } from '../../heartbeat/schedule.ts';
import { type ArchiveParts, archiveOnce } from './archive-once.ts';
import type { ArchiveSettings } from './archive-settings.ts';

/** What the archiver needs. */
export interface ArchiverParts extends ArchiveParts {
  readonly settings: ArchiveSettings;
  readonly log: (line: string) => void;
  readonly debug: (line: string) => void;
}

/** Looks at intervals whether a period is over, and archives it. A failure is logged and tried again at the next look. */
export function startArchiver(parts: ArchiverParts): Schedule {
  const { settings, log, debug } = parts;
  return startSchedule(
    { type: 'every', seconds: settings.everySeconds, phaseSeconds: settings.everySeconds },
    async () => {
      try {
        const done = await archiveOnce(parts);
        if (done.result === 'archived') log(`archived ${done.period}: ${done.trades} trades, ${done.files} files`);
        if (done.result === 'again') debug(`${done.period} is archived later: a file changed meanwhile`);
      } catch (error) {
        log(`the archive could not be made: ${formatError(error)}`);
      }
    },
  );
}

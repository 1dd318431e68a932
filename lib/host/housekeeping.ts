import { formatError } from '../core/errors.ts';
import { startSchedule } from '../heartbeat/schedule.ts';
import type { ChannelConnection } from '../irc/connection.ts';
import type { ActivityWatch } from './irc-activity.ts';
import { writeRoster } from './roster-file.ts';
import type { StateFolder } from './state-folder.ts';
import { type TrimParts, trimAll } from './trimming.ts';

/** What housekeeping works on. */
export interface HousekeepingParts extends Omit<TrimParts, 'isStopping'> {
  readonly folder: TrimParts['folder'] & Pick<StateFolder, 'activity' | 'roster'>;
  readonly activity: ActivityWatch;
  readonly listener: Pick<ChannelConnection, 'state' | 'roster'>;
  /** Called every few seconds while housekeeping runs. */
  readonly onTick: (() => void) | undefined;
}

const SAVING_SECONDS = 5;
const TRIM_EVERY_SECONDS = 600;

/**
 * Saves the channel's activity and roster, and trims what is needed no more. Returns the function that ends it,
 * which is safe to repeat.
 */
export function startHousekeeping(parts: HousekeepingParts): () => Promise<void> {
  const { folder, activity, listener } = parts;
  let stopping: Promise<unknown> | undefined;
  const tell = (error: unknown): void => parts.debug(`housekeeping: ${formatError(error)}`);

  async function saveRoster(): Promise<void> {
    if (listener.state() === 'joined') await writeRoster(folder.roster, listener.roster());
  }

  // Listing a bucket may take long, so saving doesn't wait for it.
  const saving = startSchedule({ type: 'every', seconds: SAVING_SECONDS, phaseSeconds: 0 }, async () => {
    parts.onTick?.();
    await Promise.all([activity.save(folder.activity).catch(tell), saveRoster().catch(tell)]);
  });
  const trimming = startSchedule({ type: 'every', seconds: TRIM_EVERY_SECONDS, phaseSeconds: 0 }, () =>
    trimAll({ ...parts, isStopping: () => stopping !== undefined }),
  );
  return async () => {
    stopping ??= Promise.all([saving.stop(), trimming.stop()]);
    await stopping;
  };
}

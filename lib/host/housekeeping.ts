import { formatError } from '../core/errors.ts';
import { systemClock } from '../core/time.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import { deleteExpired } from '../delivery/retention.ts';
import { startSchedule } from '../heartbeat/schedule.ts';
import type { ChannelConnection } from '../irc/connection.ts';
import type { ActivityWatch } from './irc-activity.ts';
import { writeRoster } from './roster-file.ts';
import type { StateFolder } from './state-folder.ts';

/** What housekeeping works on. */
export interface HousekeepingParts {
  readonly folder: Pick<StateFolder, 'activity' | 'roster'>;
  readonly activity: ActivityWatch;
  readonly listener: Pick<ChannelConnection, 'state' | 'roster'>;
  /** One store for each prefix with deliveries. */
  readonly stores: readonly ObjectStore[];
  /** Called every few seconds while housekeeping runs. */
  readonly onTick: (() => void) | undefined;
  readonly debug: (line: string) => void;
}

const SAVING_SECONDS = 5;
const RETENTION_EVERY_SECONDS = 600;
/** Packages are deleted this many seconds after their last upload. */
const RETENTION_SECONDS = 24 * 3600;

/**
 * Saves the channel's activity and roster, and deletes packages past their retention. Returns the function that ends it,
 * which is safe to repeat.
 */
export function startHousekeeping(parts: HousekeepingParts): () => Promise<void> {
  const { folder, activity, listener, stores } = parts;
  let stopping: Promise<unknown> | undefined;
  const tell = (error: unknown): void => parts.debug(`housekeeping: ${formatError(error)}`);

  async function saveRoster(): Promise<void> {
    if (listener.state() === 'joined') await writeRoster(folder.roster, listener.roster());
  }

  async function deleteAllExpired(): Promise<void> {
    for (const store of stores) {
      if (stopping !== undefined) return;
      await deleteExpired(store, { olderThanSeconds: RETENTION_SECONDS, clock: systemClock });
    }
  }

  // Listing a bucket may take long, so saving doesn't wait for it.
  const saving = startSchedule({ type: 'every', seconds: SAVING_SECONDS, phaseSeconds: 0 }, async () => {
    parts.onTick?.();
    await Promise.all([activity.save(folder.activity).catch(tell), saveRoster().catch(tell)]);
  });
  const retention = startSchedule({ type: 'every', seconds: RETENTION_EVERY_SECONDS, phaseSeconds: 0 }, () =>
    deleteAllExpired().catch(tell),
  );
  return async () => {
    stopping ??= Promise.all([saving.stop(), retention.stop()]);
    await stopping;
  };
}

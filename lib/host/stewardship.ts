import type { LocalAccount } from 'viem';
import { CHANNEL } from '../core/channel.ts';
import { formatError } from '../core/errors.ts';
import { OPS } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { systemClock } from '../core/time.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import { deleteExpired } from '../delivery/retention.ts';
import { type ChannelConnection, connectChannel } from '../irc/connection.ts';
import { startHealthLook } from './health-look.ts';
import type { StewardHost } from './host.ts';
import { type ActivityWatch, createActivityWatch } from './irc-activity.ts';
import { writeRoster } from './roster-file.ts';
import type { RunFile } from './run-file.ts';
import { startTreasury } from './treasury.ts';

/** What looks after a swarm: its treasury, its health, the listener in its channel, and its housekeeping. */
export interface Stewardship {
  readonly activity: ActivityWatch;
  /** Ends what writes to the vault. */
  readonly rest: () => Promise<void>;
  /** Leaves the channel and keeps what was heard. */
  readonly close: () => Promise<void>;
}

/** Whom and what is looked after, and in whose name. */
export interface StewardshipParts {
  /** Writes as kk-ops. */
  readonly ops: StewardHost;
  /** Writes as kk-treasury; the same on a machine whose one writer takes writes of everybody. */
  readonly treasury: StewardHost;
  readonly treasuryAccount: LocalAccount;
  readonly manifests: readonly Manifest[];
  readonly run: RunFile;
  /** One for each prefix under which there are deliveries. */
  readonly stores: readonly ObjectStore[];
  /** Called every few seconds while all goes on. */
  readonly onTick?: () => void;
}

/** Packages stay this long after their last upload, in seconds. */
const RETENTION_SECONDS = 24 * 3600;
const HOUSEKEEPING_MS = 5000;
const RETENTION_EVERY = 120;

/** Starts to look after a swarm. */
export function startStewardship(parts: StewardshipParts): Stewardship {
  const { ops, run } = parts;
  const activity = createActivityWatch(new Set(run.agents.map(({ nick }) => nick)));
  const listener = listen(ops, activity);
  const treasury = startTreasury(parts.treasury, parts.treasuryAccount, parts.manifests);
  const health = startHealthLook(ops, run, listener.roster);
  const housekeeping = startHousekeeping(parts, activity, listener);
  return {
    activity,
    rest: async () => {
      clearInterval(housekeeping);
      await Promise.all([treasury.stop(), health.stop()]);
    },
    close: async () => {
      clearInterval(housekeeping);
      await listener.close();
      await activity.save(ops.folder.activity);
    },
  };
}

/** Joins the channel to count what is announced there; says nothing itself. */
function listen({ irc, debug }: StewardHost, activity: ActivityWatch): ChannelConnection {
  return connectChannel({ ...irc, nick: OPS, channel: CHANNEL, log: debug, onLine: activity.hear });
}

/** Saves what was heard and who is there, and deletes packages past their retention. */
function startHousekeeping(
  { ops, stores, onTick }: StewardshipParts,
  activity: ActivityWatch,
  listener: ChannelConnection,
): NodeJS.Timeout {
  let beats = 0;
  return setInterval(() => {
    beats += 1;
    const jobs: Promise<unknown>[] = [activity.save(ops.folder.activity), saveRoster(ops, listener)];
    if (beats % RETENTION_EVERY === 0) jobs.push(deleteAllExpired(stores));
    for (const job of jobs) job.catch((error: unknown) => ops.debug(`housekeeping: ${formatError(error)}`));
    onTick?.();
  }, HOUSEKEEPING_MS);
}

async function deleteAllExpired(stores: readonly ObjectStore[]): Promise<void> {
  for (const store of stores) {
    await deleteExpired(store, { olderThanSeconds: RETENTION_SECONDS, clock: systemClock });
  }
}

async function saveRoster({ folder }: StewardHost, listener: ChannelConnection): Promise<void> {
  if (listener.state() === 'joined') await writeRoster(folder.roster, listener.roster());
}

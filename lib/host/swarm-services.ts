import type { LocalAccount } from 'viem';
import { CHANNEL } from '../core/channel.ts';
import { OPS } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import { connectChannel } from '../irc/connection.ts';
import { startHealthLook } from './health-look.ts';
import type { StewardHost } from './host.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type ActivityWatch, createActivityWatch } from './irc-activity.ts';
import type { RunFile } from './run-file.ts';
import { startTreasury } from './treasury.ts';

/** What runs once a swarm, beside its agents: the treasury, the health look, a listener in the channel, housekeeping. */
export interface SwarmServices {
  readonly activity: ActivityWatch;
  /** Ends what writes to the vault. */
  readonly rest: () => Promise<void>;
  /** Leaves the channel and keeps what was heard. */
  readonly close: () => Promise<void>;
}

/** For whom the services run, and in whose name. */
export interface SwarmServicesParts {
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

/** Starts the services of a swarm. */
export function startSwarmServices(parts: SwarmServicesParts): SwarmServices {
  const { ops, run, stores, onTick } = parts;
  const { folder, irc, debug } = ops;
  const activity = createActivityWatch(new Set(run.agents.map(({ nick }) => nick)));
  // It counts what is announced there, and says nothing itself.
  const listener = connectChannel({ ...irc, nick: OPS, channel: CHANNEL, log: debug, onLine: activity.hear });
  const treasury = startTreasury(parts.treasury, parts.treasuryAccount, parts.manifests);
  const health = startHealthLook(ops, run, listener.roster);
  const stopHousekeeping = startHousekeeping({ folder, activity, listener, stores, onTick, debug });
  return {
    activity,
    rest: async () => {
      await Promise.all([treasury.stop(), health.stop(), stopHousekeeping()]);
    },
    close: async () => {
      await stopHousekeeping();
      await listener.close();
      await activity.save(folder.activity);
    },
  };
}

import { type LocalAccount, zeroAddress } from 'viem';
import { CHANNEL, type HeardLine } from '../core/channel.ts';
import { type AgentName, OPS } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import type { VaultReader } from '../core/vault.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import { connectChannel } from '../irc/connection.ts';
import { startHealthLook } from './health-look.ts';
import type { StewardHost } from './host.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type ActivityWatch, createActivityWatch } from './irc-activity.ts';
import type { RunFile } from './run-file.ts';
import { startTreasury } from './treasury.ts';

/** The services that run once a swarm: the treasury, the health checks, a listener in the channel, housekeeping. */
export interface SwarmServices {
  readonly activity: ActivityWatch;
  /** Ends the services that write to the vault. */
  readonly rest: () => Promise<void>;
  /** Leaves the channel and saves its activity. */
  readonly close: () => Promise<void>;
}

/** What the services need. */
export interface SwarmServicesParts {
  /** The host that writes as kk-ops. */
  readonly ops: StewardHost;
  /** The host that writes as kk-treasury; the same one on a single machine, whose writer accepts all authors. */
  readonly treasury: StewardHost;
  readonly treasuryAccount: LocalAccount;
  readonly manifests: readonly Manifest[];
  readonly run: RunFile;
  /** One store for each prefix with deliveries. */
  readonly stores: readonly ObjectStore[];
  /** The vault with agents in quarantine. */
  readonly wholeVault: VaultReader;
  /** The agents whose goods are on this disk. */
  readonly residents: readonly AgentName[];
  /** Called for every line on the channel. */
  readonly onLine?: (line: HeardLine) => void;
  /** Called every few seconds while the services run. */
  readonly onTick?: () => void;
}

/** Starts the services of a swarm. */
export function startSwarmServices(parts: SwarmServicesParts): SwarmServices {
  const { ops, run, stores, onTick } = parts;
  const { folder, irc, debug } = ops;
  const activity = createActivityWatch(new Set(run.agents.map(({ nick }) => nick)));
  // The listener counts announcements and says nothing.
  const onLine = (line: HeardLine): void => {
    activity.hear(line);
    parts.onLine?.(line);
  };
  const listener = connectChannel({ ...irc, nick: OPS, channel: CHANNEL, log: debug, onLine });
  const treasury = startTreasury(parts.treasury, parts.treasuryAccount, parts.manifests);
  const health = startHealthLook(ops, run, listener.roster);
  const stopHousekeeping = startHousekeeping({
    folder,
    activity,
    listener,
    stores,
    residents: parts.residents,
    vault: parts.wholeVault,
    readChain: () => ops.market.index.view(zeroAddress),
    onTick,
    debug,
  });
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

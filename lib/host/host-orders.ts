import { zeroAddress } from 'viem';
import type { AgentName } from '../core/ids.ts';
import { SWARM_CASEMAPPING, sameNick } from '../core/nick.ts';
import type { OperatorKeys } from '../core/operator-keys.ts';
import type { Orders } from '../core/orders.ts';
import type { Quarantine } from '../core/quarantine.ts';
import { swarmId } from '../core/signed-note.ts';
import { systemClock } from '../core/time.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { MarketHost } from '../market/market-host.ts';
import { recoverWallet } from '../market/terms/wallet-signature.ts';
import { createGit } from '../vault/git.ts';
import { lastAuthorOf } from '../vault/history.ts';
import { type OrderKeeper, openOrderKeeper } from '../vault/order-keeper.ts';
import { readVersions } from '../vault/path-history.ts';
import { SIGNED_PATHS, signedNotesIn, signedNotesOf } from '../vault/signed-notes.ts';
import type { Vault } from '../vault/vault.ts';
import { createHider } from './hider.ts';

/** What operators ordered, for the agents and services of one host. */
export interface HostOrders {
  /** What is obeyed now, by the newest vault that was read. */
  readonly current: () => Orders;
  /** Whether an operator signed a note, which may be older than what is obeyed. */
  readonly isSigned: OrderKeeper['isSigned'];
  /**
   * The vault as agents see it: reading it looks for new orders first, and the folders of agents in quarantine are out of sight.
   * An agent goes on seeing its own folder, so that it can end its open trades.
   * @param through another clone of the same vault, with a writer of its own.
   */
  readonly vaultOf: (agent?: AgentName, through?: Vault) => Vault;
  /** Whether the lines of a nick are ignored, because it is that of an agent in quarantine. */
  readonly isIgnored: (nick: string) => boolean;
}

/** What {@link openHostOrders} needs. */
export interface HostOrdersParts {
  readonly vault: Vault;
  /** The folder of the vault's clone, for the history. */
  readonly clone: string;
  /** The memory of what is obeyed. */
  readonly file: string;
  readonly keys: OperatorKeys;
  readonly market: Pick<MarketHost, 'index' | 'deployment'>;
  /** The nicks of the agents, by their manifests: what an agent says of itself could name another. */
  readonly nicks: ReadonlyMap<AgentName, string>;
  /** The one agent of this host, where the clone is fetched with its account: when the hub is closed to it, it can't read why. */
  readonly self?: AgentName;
}

/** Opens the orders of a host. */
export async function openHostOrders(parts: HostOrdersParts): Promise<HostOrders> {
  const { vault, market, nicks } = parts;
  const git = createGit(parts.clone);
  let head = (await vault.status()).remoteHead;
  const versionsIn = (range: string) => signedNotesOf(readVersions(git, range, SIGNED_PATHS));
  const keeper = await openOrderKeeper({
    file: parts.file,
    keys: parts.keys,
    swarm: swarmId(market.deployment),
    recoverWallet,
    history: () => versionsIn(head),
    authorOf: (path) => lastAuthorOf(git, head, path),
    clock: systemClock,
  });
  const hide = createHider(() => market.index.view(zeroAddress));
  let seen: VaultIndex | undefined;
  /** The head up to which orders were looked for, also those that were replaced before this host saw them. */
  let lookedTo: string | undefined;
  let shutOut: Quarantine | undefined;

  /** The hub refuses (403) the account of an agent in quarantine, so that this host may never see the order. */
  async function findShutOut(): Promise<Quarantine | undefined> {
    const { self } = parts;
    if (self === undefined) return undefined;
    const { lastError } = await vault.status();
    // Git shows what the hub says before the status, if the hub says something.
    if (lastError === undefined || !/returned error: 403|is in quarantine/.test(lastError)) return undefined;
    const reason = 'the hub is closed to it';
    return shutOut ?? { agent: self, reason, since: systemClock(), until: undefined, by: [] };
  }

  function current(): Orders {
    const orders = keeper.current();
    if (shutOut === undefined || orders.quarantined.has(shutOut.agent)) return orders;
    return { ...orders, quarantined: new Map([...orders.quarantined, [shutOut.agent, shutOut]]) };
  }

  async function readObeying(): Promise<VaultIndex> {
    const index = await vault.read();
    shutOut = await findShutOut();
    if (index !== seen) {
      head = index.head;
      const range = lookedTo === undefined || lookedTo === head ? undefined : `${lookedTo}..${head}`;
      let isTold = true;
      const passed = async function* () {
        try {
          if (range !== undefined) yield* versionsIn(range);
        } catch {
          // What git can't tell now is asked for at the next head.
          isTold = false;
        }
      };
      await keeper.look(signedNotesIn(index), passed());
      if (isTold) lookedTo = head;
      seen = index;
    }
    return index;
  }

  return {
    current,
    isSigned: keeper.isSigned,
    vaultOf: (agent, through = vault) => ({
      ...through,
      read: async () => {
        const obeying = await readObeying();
        const index = through === vault ? obeying : await through.read();
        const hidden = [...current().quarantined.keys()].filter((name) => name !== agent);
        return await hide(index, hidden);
      },
    }),
    isIgnored: (nick) =>
      [...current().quarantined.keys()].some((name) => sameNick(nick, nicks.get(name) ?? name, SWARM_CASEMAPPING)),
  };
}

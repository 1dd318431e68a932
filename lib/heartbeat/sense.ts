import { formatError } from '../core/errors.ts';
import { idleWork, type MarketFacts, type WorkFacts } from '../core/facts.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { HeartbeatPorts } from './ports.ts';

/**
 * Reads vault, chain and channel once. What can't be read is added to the errors and replaced by a default. Without the
 * vault or the market the snapshot is incomplete, and nothing may be decided from it.
 */
export async function sense(
  ports: HeartbeatPorts,
  errors: string[],
): Promise<{ readonly snapshot: Snapshot; readonly isComplete: boolean }> {
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      errors.push(`${what}: ${formatError(error)}`);
      return undefined;
    }
  };

  const [index, look] = await Promise.all([
    attempt('cannot read the vault', () => ports.vault.read()),
    // Both times are read together, because they are compared: a slow read of the vault must not look like a wrong clock.
    attempt('cannot read the chain', async () => ({ chain: await ports.readChain(), clock: ports.clock() })),
  ]);
  const vault = index ?? emptyIndex;
  const clock = look?.clock ?? ports.clock();
  const chain = look?.chain;
  const now = chain?.blockTime ?? clock;
  const known = await attempt('cannot read the market', () => ports.readMarket({ me: ports.me, now, vault, chain }));
  const { market, directory } = known ?? { market: unknownMarket, directory: new Map() };
  const work =
    index === undefined
      ? unknownWork
      : ((await attempt('cannot plan work', () => ports.readWork(vault))) ?? unknownWork);
  const heard = await attempt('cannot read the channel', async () =>
    (ports.channel?.drain() ?? []).filter(({ nick }) => !ports.isIgnored(nick)),
  );
  return {
    isComplete: index !== undefined && known !== undefined,
    snapshot: {
      now,
      clock,
      me: ports.me,
      vault,
      chain,
      heard: heard ?? [],
      market,
      work,
      directory,
      draining: ports.draining(),
    },
  };
}

/** The facts of an agent that could not read the market. */
export const unknownMarket: MarketFacts = {
  offers: [],
  myOffers: [],
  trades: [],
  lost: [],
  requests: new Set(),
  budget: {
    day: 0,
    dayStartedAt: 0,
    dailyAtomic: 0n,
    reserveAtomic: 0n,
    balanceAtomic: 0n,
    spentAtomic: 0n,
    committedAtomic: 0n,
    maxGoodsBytes: 0,
    availableAtomic: 0n,
    endowmentAtomic: 0n,
  },
};

const unknownWork: WorkFacts = { ...idleWork, complete: false, status: 'waiting' };

const emptyIndex: VaultIndex = {
  head: '',
  notes: () => [],
  note: () => undefined,
  text: () => undefined,
  problems: [],
};

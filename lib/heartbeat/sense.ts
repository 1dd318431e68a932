import { formatError } from '../core/errors.ts';
import { atRest, type MarketFacts, type WorkFacts } from '../core/facts.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { HeartbeatPorts } from './ports.ts';

/** What was sensed, and what could not be: the beat goes on with the rest. */
export interface Sensed {
  readonly snapshot: Snapshot;
  readonly failures: readonly string[];
  /** False when the vault itself could not be read: then nothing is decided. */
  readonly complete: boolean;
}

/** Reads vault, chain and channel once. Each failure is reported and replaced by "unknown". */
export async function sense(ports: HeartbeatPorts): Promise<Sensed> {
  const failures: string[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      failures.push(`${what}: ${formatError(error)}`);
      return undefined;
    }
  };

  const [index, look] = await Promise.all([
    attempt('cannot read the vault', () => ports.vault.read()),
    // The two times are compared: a vault that takes long to read must not look like a clock that is wrong.
    attempt('cannot read the chain', async () => ({ chain: await ports.readChain(), clock: ports.clock() })),
  ]);
  const vault = index ?? emptyIndex;
  const clock = look?.clock ?? ports.clock();
  const chain = look?.chain;
  const now = chain?.blockTime ?? clock;
  const read = await attempt('cannot read the market', () => ports.readMarket({ me: ports.me, now, vault, chain }));
  const { market, directory } = read ?? { market: unknownMarket, directory: new Map() };
  const work =
    index === undefined
      ? unknownWork
      : ((await attempt('cannot plan work', () => ports.readWork(vault))) ?? unknownWork);
  const heard = await attempt('cannot hear the channel', async () => ports.channel?.drain() ?? []);
  return {
    failures,
    complete: index !== undefined && read !== undefined,
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

/** The facts of an agent that knows nothing yet. */
export const unknownMarket: MarketFacts = {
  offers: [],
  myOffers: [],
  trades: [],
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

const unknownWork: WorkFacts = { ...atRest, complete: false, status: 'waiting' };

const emptyIndex: VaultIndex = {
  head: '',
  notes: () => [],
  note: () => undefined,
  text: () => undefined,
  problems: [],
};

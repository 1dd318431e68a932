import type { Address, Hex } from 'viem';
import type { ChainTrade, ChainView, EscrowState } from '../../core/chain.ts';
import { readPending } from '../chain/account-state.ts';
import { isWorthKeeping } from '../chain/chain-anchor.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { PendingState } from '../chain/pending-transaction.ts';
import type { SnapshotKeep } from '../chain/snapshot-keep.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import type { EscrowBook } from './escrow-book.ts';
import { chainBehind, followEscrow } from './escrow-follow.ts';
import type { TradeRecord } from './escrow-log.ts';
import { formatSnapshot, parseSnapshot } from './escrow-snapshot.ts';

/** What has been read of a long history is written out this often at most, in ms, until the newest block is reached. */
const KEEP_PROGRESS_EVERY_MS = 5_000;

/** Everything is read anew this often at most, in ms: a node that has lost events for good must not be asked on and on. */
const REREAD_EVERY_MS = 600_000;

/** The escrow's numbers of the states (`State` in EscrowTypes.sol). */
const STATES: readonly (EscrowState | undefined)[] = [undefined, 'opened', 'revealed', 'settled', 'refunded'];

/** Follows the escrow's events for all agents of a host. */
export interface EscrowIndex {
  /** Brings the index up to the newest block. Calls share one refresh; one that just ended counts as new enough. */
  readonly refresh: (options?: { readonly force?: boolean }) => Promise<EscrowBook>;
  /**
   * Whether the escrow has a record of a trade, by the contract's own word as of the newest block. Events that say otherwise
   * are not believed any more: all of them are read anew at the next refresh.
   * @param since the block must not be older than this, in seconds since 1970.
   * @throws SwarmError `market/chain-behind` where it is, and `market/chain-unreachable`.
   */
  readonly hasTrade: (key: Hex, since: number) => Promise<boolean>;
  /** One account's look at the chain. */
  readonly view: (account: Address) => Promise<ChainView>;
}

/**
 * Creates an index that knows nothing yet but what was kept.
 * @param options.fromBlock the block of the escrow's deployment.
 * @param options.throttleMs how long a refresh counts as new.
 * @param options.keep where what was read outlives the process; without it, and where it fails, all is read again.
 * @param options.observe asks what is pending of an account. Without it whatever is pending is waited for: only the sender of
 * an account knows since when.
 */
export function createEscrowIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly fromBlock: bigint;
  readonly throttleMs?: number;
  readonly keep?: SnapshotKeep;
  readonly observe?: (account: Address) => Promise<PendingState>;
}): EscrowIndex {
  const { client, chainId, escrow, token, fromBlock, throttleMs = 500, keep } = options;
  const { observe = (account) => readPending(client, account) } = options;
  const place = { chainId, escrow, fromBlock };
  /** What the last refresh that came to its end gave. */
  let current: EscrowBook | undefined;
  /** Where the next refresh goes on: `current`, or more or less of it. */
  let known: EscrowBook | undefined;
  let running: Promise<EscrowBook> | undefined;
  let queued: Promise<EscrowBook> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let isRecalled = false;
  let keptBlock: bigint | undefined;
  let keptAt = Number.NEGATIVE_INFINITY;
  let isDoubted = false;
  let doubtedAt = Number.NEGATIVE_INFINITY;

  async function recall(): Promise<void> {
    if (isRecalled) return;
    isRecalled = true;
    const text = await keep?.read().catch(() => undefined);
    known = text === undefined ? undefined : parseSnapshot(text, place);
    keptBlock = known?.anchor?.number;
  }

  async function remember(): Promise<void> {
    if (keep === undefined || known === undefined || !isWorthKeeping(known.anchor, keptBlock)) return;
    keptBlock = known.anchor?.number;
    keptAt = performance.now();
    const text = formatSnapshot(known, place);
    // What can't be kept is read again after a restart; until then nobody misses it.
    if (text !== undefined) await keep.write(text).catch(() => undefined);
  }

  async function keepProgress(book: EscrowBook): Promise<void> {
    known = book;
    if (performance.now() - keptAt >= KEEP_PROGRESS_EVERY_MS) await remember();
  }

  async function forget(): Promise<void> {
    isDoubted = false;
    known = undefined;
    keptBlock = undefined;
    await keep?.write('').catch(() => undefined);
  }

  /** Ends `running` before anybody who waits for it goes on. */
  async function run(): Promise<EscrowBook> {
    try {
      await recall();
      if (isDoubted) await forget();
      const source = { client, escrow, fromBlock };
      const book = await readingChain('the escrow’s events', () => followEscrow(source, known, keepProgress));
      known = book;
      current = book;
      refreshedAt = performance.now();
      return book;
    } finally {
      await remember();
      running = undefined;
    }
  }

  function start(): Promise<EscrowBook> {
    running ??= run();
    return running;
  }

  function refresh({ force = false } = {}): Promise<EscrowBook> {
    if (running === undefined) {
      const isNew = !isDoubted && performance.now() - refreshedAt < throttleMs;
      return current !== undefined && isNew && !force ? Promise.resolve(current) : start();
    }
    if (!force) return running;
    // What is forced must see what its caller has just done, and the running refresh may have begun before that.
    queued ??= running
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        return start();
      });
    return queued;
  }

  async function hasTrade(key: Hex, since: number): Promise<boolean> {
    const { blockNumber, blockTime, trades } = await refresh({ force: true });
    if (blockTime < since)
      throw chainBehind(`is at block ${blockNumber}, ${since - blockTime} s before what must be known`);
    const [state] = await readingChain('a trade', () =>
      client.readContract({ address: escrow, abi: escrowAbi, functionName: 'tradeOf', args: [key], blockNumber }),
    );
    const isContradicted = STATES[state] !== trades.get(key)?.state;
    if (isContradicted && performance.now() - doubtedAt >= REREAD_EVERY_MS) {
      isDoubted = true;
      doubtedAt = performance.now();
    }
    return state !== 0;
  }

  return {
    refresh,
    hasTrade,
    view: async (account) => {
      const { blockNumber, blockTime, trades } = await refresh();
      const [usdcAtomic, weiBalance, pending] = await readingChain('an account', () =>
        Promise.all([
          client.readContract({
            address: token,
            abi: usdcAbi,
            functionName: 'balanceOf',
            args: [account],
            blockNumber,
          }),
          client.getBalance({ address: account, blockNumber }),
          observe(account),
        ]),
      );
      return {
        chainId,
        escrow,
        token,
        blockNumber,
        blockTime,
        usdcAtomic,
        weiBalance,
        inFlight: pending !== 'none',
        isStuck: pending === 'stuck',
        mayReplace: pending === 'unknown-stuck',
        trade: (key) => withConfirmations(trades.get(key), blockNumber),
      };
    },
  };
}

function withConfirmations(record: TradeRecord | undefined, head: bigint): ChainTrade | undefined {
  return record === undefined ? undefined : { ...record, confirmations: head - record.openedBlock + 1n };
}

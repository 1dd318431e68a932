import type { Address } from 'viem';
import type { ChainTrade, ChainView } from '../core/chain.ts';
import { type ChainClient, readingChain } from './chain-client.ts';
import { escrowAbi } from './contracts/escrow-abi.ts';
import { usdcAbi } from './contracts/usdc-abi.ts';
import { type EscrowBook, mergeEvents } from './escrow-book.ts';
import { readEscrowEvents } from './escrow-events.ts';
import type { TradeRecord } from './escrow-log.ts';
import { formatSnapshot, isWorthKeeping, parseSnapshot } from './escrow-snapshot.ts';
import type { SnapshotKeep } from './snapshot-keep.ts';

/** Blocks that are read again at every refresh: events in them may still move or vanish. */
const UNSETTLED_BLOCKS = 24n;

/** Follows the escrow's events for all agents of a host. */
export interface EscrowIndex {
  /** Brings the index up to the newest block. Calls share one refresh; one that just ended counts as new enough. */
  readonly refresh: (options?: { readonly force?: boolean }) => Promise<EscrowBook>;
  /** One account's look at the chain. */
  readonly view: (account: Address) => Promise<ChainView>;
}

/**
 * Creates an index that knows nothing yet but what was kept.
 * @param options.fromBlock the block of the escrow's deployment.
 * @param options.throttleMs how long a refresh counts as new.
 * @param options.keep where what was read outlives the process; without it, and where it fails, all is read again.
 */
export function createEscrowIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly fromBlock: bigint;
  readonly throttleMs?: number;
  readonly keep?: SnapshotKeep;
}): EscrowIndex {
  const { client, chainId, escrow, token, fromBlock, throttleMs = 500, keep } = options;
  const place = { chainId, escrow, fromBlock };
  let current: EscrowBook | undefined;
  let running: Promise<EscrowBook> | undefined;
  let queued: Promise<EscrowBook> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let keptBlock: bigint | undefined;

  async function recall(): Promise<EscrowBook | undefined> {
    const text = await keep?.read().catch(() => undefined);
    const book = text === undefined ? undefined : parseSnapshot(text, place);
    keptBlock = book?.anchor?.number;
    return book;
  }

  async function remember(book: EscrowBook): Promise<void> {
    if (keep === undefined || !isWorthKeeping(book, keptBlock)) return;
    keptBlock = book.anchor?.number;
    const text = formatSnapshot(book, place);
    // What can't be kept is read again after a restart; until then nobody misses it.
    if (text !== undefined) await keep.write(text).catch(() => undefined);
  }

  /** Ends `running` before anybody who waits for it goes on. */
  async function run(): Promise<EscrowBook> {
    try {
      const before = current ?? (await recall());
      const book = await readingChain('the escrow’s events', () => follow(client, escrow, fromBlock, before));
      current = book;
      refreshedAt = performance.now();
      await remember(book);
      return book;
    } finally {
      running = undefined;
    }
  }

  function start(): Promise<EscrowBook> {
    running ??= run();
    return running;
  }

  function refresh({ force = false } = {}): Promise<EscrowBook> {
    if (running === undefined) {
      const isNew = current !== undefined && performance.now() - refreshedAt < throttleMs;
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

  return {
    refresh,
    view: async (account) => {
      const { blockNumber, blockTime, trades } = await refresh();
      const [usdcAtomic, withdrawableAtomic, weiBalance, mined, sent] = await readingChain('an account', () =>
        Promise.all([
          client.readContract({
            address: token,
            abi: usdcAbi,
            functionName: 'balanceOf',
            args: [account],
            blockNumber,
          }),
          client.readContract({
            address: escrow,
            abi: escrowAbi,
            functionName: 'creditOf',
            args: [account],
            blockNumber,
          }),
          client.getBalance({ address: account, blockNumber }),
          client.getTransactionCount({ address: account, blockTag: 'latest' }),
          client.getTransactionCount({ address: account, blockTag: 'pending' }),
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
        withdrawableAtomic,
        inFlight: sent !== mined,
        trade: (key) => withConfirmations(trades.get(key), blockNumber),
      };
    },
  };
}

/** Reads what is new since `before`, or everything when the chain is no longer the one that was followed. */
async function follow(
  client: ChainClient,
  escrow: Address,
  fromBlock: bigint,
  before: EscrowBook | undefined,
): Promise<EscrowBook> {
  const [head, anchorBlock] = await Promise.all([
    client.getBlock({ blockTag: 'latest' }),
    before?.anchor === undefined
      ? undefined
      : client.getBlock({ blockNumber: before.anchor.number }).catch(() => undefined),
  ]);
  const anchor = before?.anchor;
  const goesOn = anchor !== undefined && anchorBlock?.hash === anchor.hash && anchor.number <= head.number;
  const start = goesOn ? anchor.number + 1n : fromBlock;
  const fresh = await readEscrowEvents(client, escrow, start, head.number);
  const anchorNumber = head.number - UNSETTLED_BLOCKS;
  const next = anchorNumber >= fromBlock ? await client.getBlock({ blockNumber: anchorNumber }) : undefined;
  return {
    blockNumber: head.number,
    blockTime: Number(head.timestamp),
    anchor: next === undefined ? undefined : { number: next.number, hash: next.hash },
    ...mergeEvents(goesOn ? before : undefined, fresh, start),
  };
}

function withConfirmations(record: TradeRecord | undefined, head: bigint): ChainTrade | undefined {
  return record === undefined ? undefined : { ...record, confirmations: head - record.openedBlock + 1n };
}

import type { Address, Hex } from 'viem';
import type { ChainTrade, ChainView, EscrowState, TradeRecord } from '../../core/chain.ts';
import { chainRulesOf } from '../../core/chains.ts';
import { readPending } from '../chain/account-state.ts';
import { chainBehind } from '../chain/chain-anchor.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import { createEventIndex } from '../chain/event-index.ts';
import type { EventBook } from '../chain/follow-events.ts';
import type { PendingState } from '../chain/pending-transaction.ts';
import type { SnapshotStore } from '../chain/snapshot-store.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { type EscrowBook, foldTrades } from './escrow-book.ts';
import { readEscrowEvents } from './escrow-events.ts';
import type { EscrowEvent } from './escrow-log.ts';
import { formatSnapshot, parseSnapshot } from './escrow-snapshot.ts';

/** The contract's numbers for the states (`State` in EscrowTypes.sol). */
const STATES: readonly (EscrowState | undefined)[] = [undefined, 'opened', 'revealed', 'settled', 'refunded'];

/** Follows the escrow's events for all agents of a host. */
export interface EscrowIndex {
  /** Reads the events up to the newest block. Concurrent calls share one refresh, and a recent one is reused. */
  readonly refresh: (options?: { readonly force?: boolean }) => Promise<EscrowBook>;
  /**
   * Whether the escrow has a record of a trade, read from the contract at the newest block. If the events say otherwise, all
   * of them are read again at the next refresh.
   * @param since the block must not be older than this, in seconds since 1970.
   * @throws SwarmError `market/chain-behind` if the block is older, and `market/chain-unreachable`.
   */
  readonly hasTrade: (key: Hex, since: number) => Promise<boolean>;
  /** The chain as one account sees it, never older than the last transaction that the account is known to have had mined. */
  readonly view: (account: Address) => Promise<ChainView>;
}

/**
 * Creates an index that starts from the stored snapshot, if there is one.
 * @param options.fromBlock the block of the escrow's deployment.
 * @param options.throttleMs how long a refresh is reused.
 * @param options.keep stores what was read across restarts; without it, or if it fails, all is read again.
 * @param options.observe reads what is pending of an account from its sender, which knows whether it is stuck. Without it
 * no pending transaction is treated as stuck.
 * @param options.lastMinedBlock the block in which the last transaction of an account was mined, if it is known.
 */
export function createEscrowIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly fromBlock: bigint;
  readonly throttleMs?: number;
  readonly keep?: SnapshotStore;
  readonly observe?: (account: Address) => Promise<PendingState>;
  readonly lastMinedBlock?: (account: Address) => bigint | undefined;
}): EscrowIndex {
  const { client, chainId, escrow, token, fromBlock, throttleMs = 500, keep } = options;
  const { observe = (account) => readPending(client, account), lastMinedBlock = () => undefined } = options;
  const place = { chainId, escrow, fromBlock };
  const events = createEventIndex({
    client,
    what: 'the escrow’s events',
    read: (range) => readEscrowEvents(client, escrow, range),
    fromBlock,
    unsettledBlocks: chainRulesOf(chainId).unsettledBlocks,
    throttleMs,
    format: (book) => formatSnapshot(book, place),
    parse: (text) => parseSnapshot(text, place),
    ...(keep === undefined ? {} : { keep }),
  });
  /** The last book and its trades. */
  let read: EventBook<EscrowEvent> | undefined;
  let folded: EscrowBook | undefined;

  async function refresh(wish?: { readonly force?: boolean }): Promise<EscrowBook> {
    const book = await events.refresh(wish);
    if (folded === undefined || read !== book) folded = foldTrades(folded, book);
    read = book;
    return folded;
  }

  /** A look from before what the account has just done would have it done again, for nothing but its gas. */
  async function refreshFor(account: Address): Promise<EscrowBook> {
    const book = await refresh();
    return book.blockNumber < (lastMinedBlock(account) ?? 0n) ? await refresh({ force: true }) : book;
  }

  /**
   * Reads at the block of a book, or else at the newest one: a node that was restarted, or another behind the same URL, may not
   * have the state of a block that is a second old.
   */
  async function atBookOrNewest<T>(book: EscrowBook, read: (book: EscrowBook) => Promise<T>): Promise<T> {
    try {
      return await read(book);
    } catch (error) {
      const newest = await refresh({ force: true });
      if (newest.blockNumber <= book.blockNumber) throw error;
      return await read(newest);
    }
  }

  async function hasTrade(key: Hex, since: number): Promise<boolean> {
    const newest = await refresh({ force: true });
    const lateSeconds = since - newest.blockTime;
    if (lateSeconds > 0)
      throw chainBehind(`is at block ${newest.blockNumber}, ${lateSeconds} s before what must be known`);
    return await atBookOrNewest(newest, async (book) => {
      const [state] = await readingChain('a trade', () =>
        client.readContract({
          address: escrow,
          abi: escrowAbi,
          functionName: 'tradeOf',
          args: [key],
          blockNumber: book.blockNumber,
        }),
      );
      if (STATES[state] !== book.trades.get(key)?.state) events.doubt();
      return state !== 0;
    });
  }

  async function viewOf(account: Address, { blockNumber, blockTime, trades }: EscrowBook): Promise<ChainView> {
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
      hasPending: pending !== 'none',
      isStuck: pending === 'stuck',
      mayReplace: pending === 'unknown-stuck',
      trade: (key) => withConfirmations(trades.get(key), blockNumber),
      records: () => trades.values(),
    };
  }

  return {
    refresh,
    hasTrade,
    view: async (account) => await atBookOrNewest(await refreshFor(account), (book) => viewOf(account, book)),
  };
}

function withConfirmations(record: TradeRecord | undefined, head: bigint): ChainTrade | undefined {
  return record === undefined ? undefined : { ...record, confirmations: head - record.openedBlock + 1n };
}

import type { Address, Hex } from 'viem';
import type { EscrowState, TradeRecord } from '../../core/chain.ts';

/** The position of an event on chain. */
interface EventPlace {
  readonly key: Hex;
  readonly block: bigint;
  readonly logIndex: number;
  readonly tx: Hex;
  /** Block time in seconds since 1970. */
  readonly at: number;
}

/** An event of the escrow about one trade. */
export type EscrowEvent = EventPlace &
  (
    | {
        readonly name: 'Opened';
        readonly trade: Hex;
        readonly buyer: Address;
        readonly seller: Address;
        readonly quoteHash: Hex;
        readonly amountAtomic: bigint;
        readonly deadline: number;
      }
    | { readonly name: 'Revealed'; readonly revealedKey: Hex; readonly deadline: number }
    | { readonly name: 'Settled' }
    | { readonly name: 'Refunded' }
  );

/** Compares two events by their position on chain, for sorting. */
export function inChainOrder(a: EscrowEvent, b: EscrowEvent): number {
  return Number(a.block - b.block) || a.logIndex - b.logIndex;
}

/** Applies the next event to a trade's record, in chain order; undefined before its opening. */
export function foldEvent(record: TradeRecord | undefined, event: EscrowEvent): TradeRecord | undefined {
  if (event.name === 'Opened') {
    const { key, trade, buyer, seller, quoteHash, amountAtomic, deadline, at, block, tx } = event;
    return {
      key,
      trade,
      buyer,
      seller,
      quoteHash,
      amountAtomic,
      state: 'opened',
      deadline,
      openedAt: at,
      openedBlock: block,
      revealedKey: undefined,
      txs: { opened: tx },
    };
  }
  if (record === undefined) return undefined;
  const state = STATES[event.name];
  const reveal = event.name === 'Revealed' ? { revealedKey: event.revealedKey, deadline: event.deadline } : {};
  return { ...record, ...reveal, state, txs: { ...record.txs, [state]: event.tx } };
}

const STATES: Readonly<Record<Exclude<EscrowEvent['name'], 'Opened'>, EscrowState>> = {
  Revealed: 'revealed',
  Settled: 'settled',
  Refunded: 'refunded',
};

import type { Outcome } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { keyOfTrade, type Trade } from '../../market/notes/trade-pairs.ts';
import { nextForSeller } from './next-for-seller.ts';
import { performOnChain } from './perform-on-chain.ts';
import type { TradePorts } from './ports.ts';
import type { RevealPace } from './reveal-pace.ts';

/** The reveals of the trades that a beat opened. */
export interface Reveals {
  /** Reveals the keys of the trades whose opening is deep enough by now. */
  readonly due: () => Promise<readonly Outcome[]>;
  /** Reveals the others, and waits for those whose opening isn't deep enough. What takes unusually long is left to the next beat. */
  readonly finish: () => Promise<readonly Outcome[]>;
}

const POLL_MS = 200;
/** How much longer than the depth of an opening a beat waits for it, in seconds: some blocks. */
const PATIENCE_SECONDS = 5;

/** Follows the trades that a beat opened until their keys are revealed, whatever else the beat does meanwhile. */
export function followOpened(
  opened: readonly Trade[],
  snapshot: Snapshot,
  ports: TradePorts,
  pace: Pick<RevealPace, 'measured'>,
): Reveals {
  const { openDepth } = ports.settings;
  if (opened.length === 0) return { due: async () => [], finish: async () => [] };
  const openedAt = ports.clock();
  const depthSeconds = openDepth.type === 'age' ? openDepth.seconds : 0;
  let left = opened;

  async function due(): Promise<readonly Outcome[]> {
    if (left.length === 0 || ports.clock() - openedAt < depthSeconds) return [];
    const readAt = ports.clock();
    const chain = await ports.readChain().catch(() => undefined);
    // An unreadable chain is tried again; after that the next beat reports it.
    if (chain === undefined) return [];
    const later: Trade[] = [];
    let oldest = chain.blockTime;
    const steps = left.flatMap((trade) => {
      const onChain = trade.request === undefined ? undefined : chain.trade(keyOfTrade(trade.request, trade.id));
      if (trade.side !== 'seller' || (onChain !== undefined && onChain.state !== 'opened')) return [];
      if (onChain === undefined) {
        later.push(trade);
        return [];
      }
      const txs = { ...trade.seller.txs, ...(onChain.txs.opened && { open: onChain.txs.opened }) };
      const now = { ...trade, seller: { ...trade.seller, txs }, chain: onChain };
      const next = nextForSeller(now, chain.blockTime, ports.settings);
      if (next.type !== 'step') {
        later.push(trade);
        return [];
      }
      oldest = Math.min(oldest, onChain.openedAt);
      return [{ step: next.step, reason: next.reason }];
    });
    left = later;
    if (steps.length === 0) return [];
    const seen = { ...snapshot, chain, now: chain.blockTime, clock: ports.clock() };
    const outcomes = await performOnChain(steps, seen, ports);
    pace.measured(chain.blockTime - oldest + ports.clock() - readAt);
    return outcomes;
  }

  return {
    due,
    finish: async () => {
      const outcomes: Outcome[] = [];
      // Once at least: the beat's other work may have taken longer than this waits.
      outcomes.push(...(await due()));
      while (left.length > 0 && ports.clock() - openedAt <= depthSeconds + PATIENCE_SECONDS) {
        await ports.aside(() => new Promise((resolve) => setTimeout(resolve, POLL_MS)));
        outcomes.push(...(await due()));
      }
      return outcomes;
    },
  };
}

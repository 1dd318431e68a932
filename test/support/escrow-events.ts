import fc from 'fast-check';
import type { Hex } from 'viem';
import type { EscrowEvent } from '../../lib/market/escrow/escrow-log.ts';

const hex = (value: number): Hex => `0x${value.toString(16).padStart(64, '0')}`;

/** A chain of events: for each trade an opening, and perhaps more, in rising blocks. */
export const escrowEvents = fc
  .array(fc.record({ trade: fc.nat(5), gap: fc.integer({ min: 1, max: 4 }), salt: fc.nat(1_000) }), { maxLength: 20 })
  .map((steps) => {
    const stages = new Map<number, number>();
    let block = 0n;
    const events: EscrowEvent[] = [];
    for (const { trade, gap, salt } of steps) {
      block += BigInt(gap);
      const stage = stages.get(trade) ?? 0;
      stages.set(trade, stage + 1);
      const place = { key: hex(trade), block, logIndex: 0, tx: hex(1_000_000 + salt), at: Number(block) };
      const address = `0x${'0'.repeat(40)}` as const;
      if (stage === 0) {
        const parties = { trade: hex(trade), buyer: address, seller: address, quoteHash: hex(7) };
        events.push({ ...place, name: 'Opened', ...parties, amountAtomic: 5n, deadline: 9 });
      } else if (stage === 1) events.push({ ...place, name: 'Revealed', revealedKey: hex(8), deadline: 20 });
      else if (stage === 2) events.push({ ...place, name: 'Settled' });
    }
    return events;
  });

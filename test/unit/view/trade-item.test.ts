import { describe, expect, it } from 'vitest';
import { formatIso } from '../../../lib/core/time.ts';
import { recordOf } from '../../../lib/market/notes/trade-record.ts';
import { tradeItem } from '../../../lib/view/trade-item.ts';
import { id32, NOW } from '../../support/snapshot.ts';
import { aPurchase, buyerNote, chainTrade, sellerNote } from '../../support/trade-notes.ts';

const chain = chainTrade('opened', { openedAt: NOW - 5, txs: { opened: id32('open') } });
const kept = new Map([[chain.key, chain]]);
const noted = aPurchase({
  buyer: buyerNote({ state: 'settled' }),
  seller: sellerNote({ txs: { open: id32('open'), settle: id32('settle') } }),
});

describe('a trade in a list', () => {
  it('tells when it was opened from what was kept of the escrow, and where it stands from the notes', () => {
    const item = tradeItem(recordOf(noted, NOW, false), (key) => kept.get(key));
    expect(item).toMatchObject({ state: 'settled', openedAt: formatIso(NOW - 5) });
    expect(item.txs).toEqual({ opened: id32('open'), settled: id32('settle') });
    expect(tradeItem(recordOf(noted, NOW, false)).openedAt).toBeNull();
  });

  it('believes the chain alone where the chain is seen', () => {
    const item = tradeItem(recordOf({ ...noted, chain }, NOW, true));
    expect(item).toMatchObject({ state: 'opened', openedAt: formatIso(NOW - 5), txs: { opened: id32('open') } });
    expect(item.txs).not.toHaveProperty('settled');
  });
});

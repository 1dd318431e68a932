import { describe, expect, it } from 'vitest';
import { createTradeKeys } from '../../../lib/market/notes/trade-reader.ts';
import { id32 } from '../../support/snapshot.ts';
import { requestOf } from '../../support/trade-notes.ts';

describe('the keys of trades', () => {
  it('are computed once, however many trades are in the vault', () => {
    let computed = 0;
    const keyOf = createTradeKeys((_, id) => {
      computed += 1;
      return id;
    });
    const request = requestOf();
    // More than five agents' folders hold.
    const trades = Array.from({ length: 120_000 }, (_, at) => ({
      request: { ...request },
      id: `0x${at.toString(16).padStart(64, '0')}` as const,
    }));
    for (const _ of [1, 2]) for (const one of trades) expect(keyOf(one.request, one.id) === one.id).toBe(true);
    expect(computed).toBe(trades.length);
  });

  it('are those of the request and the id that are asked for', () => {
    const keyOf = createTradeKeys((_, id) => id);
    const request = requestOf();
    for (const id of [id32('a'), id32('b'), id32('a')]) expect(keyOf(request, id)).toBe(id);
  });
});

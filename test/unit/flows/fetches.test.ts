import { describe, expect, it } from 'vitest';
import { createFetches, type WantedGoods } from '../../../lib/flows/trade/fetches.ts';
import { id32 } from '../../support/snapshot.ts';

const verified = { status: 'verified' } as const;

/** A promise that is told what becomes of it. */
function told<Value>() {
  let [resolve, reject]: [(value: Value) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<Value>((...ends) => {
    [resolve, reject] = ends;
  });
  return { promise, resolve: (value: Value) => resolve(value), reject: (error: unknown) => reject(error) };
}

/** Goods that come when they are told to, and note how often they were fetched and whether that was ended. */
function goods(trade: string, seller = 'kk-seller', key = 'the goods') {
  const end = told<typeof verified>();
  const seen = { starts: 0, ended: false };
  const wanted: WantedGoods = {
    trade: id32(trade),
    seller,
    key,
    run: (signal) => {
      seen.starts += 1;
      signal.addEventListener('abort', () => {
        seen.ended = true;
        end.reject(signal.reason);
      });
      return end.promise;
    },
  };
  return { wanted, seen, arrive: () => end.resolve(verified), fail: (error: Error) => end.reject(error) };
}

/** Fetches of a beat that waits for nothing. */
function fetches() {
  const changed = told<void>();
  const counts = { changes: 0 };
  const all = createFetches(() => {
    counts.changes += 1;
    changed.resolve();
  }, 0);
  return { ...all, counts, changed: changed.promise };
}

describe('goods that are fetched beside the beats', () => {
  it('are given to the beat that asked for them when they come at once', async () => {
    let changes = 0;
    const { poll } = createFetches(() => {
      changes += 1;
    }, 60_000);
    const one = goods('a');
    one.arrive();
    expect(await poll(one.wanted)).toEqual(verified);
    expect(changes).toBe(0);
  });

  it('hold no beat up when they don’t come, and tell when they do', async () => {
    const { poll, changed, counts } = fetches();
    const one = goods('a');
    expect(await poll(one.wanted)).toBeUndefined();
    expect(await poll(one.wanted)).toBeUndefined();
    expect(one.seen.starts).toBe(1);
    one.arrive();
    await changed;
    expect(await poll(one.wanted)).toEqual(verified);
    expect(counts.changes).toBe(1);
    // Given once: the next call fetches again.
    await poll(one.wanted);
    expect(one.seen.starts).toBe(2);
  });

  it('give their error once, and are fetched again after that', async () => {
    const { poll, changed } = fetches();
    const one = goods('a');
    await poll(one.wanted);
    one.fail(new Error('the server is gone'));
    await changed;
    await expect(poll(one.wanted)).rejects.toThrow('the server is gone');
  });

  it('of one seller come one after the other, and those of another beside them', async () => {
    const { poll } = fetches();
    const hostile = Array.from({ length: 20 }, (_, i) => goods(`hostile ${i}`, 'kk-hostile'));
    for (const { wanted } of hostile) expect(await poll(wanted)).toBeUndefined();
    expect(hostile.filter(({ seen }) => seen.starts > 0)).toHaveLength(1);
    const honest = goods('honest', 'kk-honest');
    await poll(honest.wanted);
    expect(honest.seen.starts).toBe(1);
  });

  it('of many sellers are bounded in number', async () => {
    const { poll } = fetches();
    const many = Array.from({ length: 20 }, (_, i) => goods(`trade ${i}`, `kk-seller-${i}`));
    for (const { wanted } of many) await poll(wanted);
    expect(many.filter(({ seen }) => seen.starts > 0)).toHaveLength(8);
  });

  it('are ended when other goods take their place, and when the trade is over', async () => {
    const { poll, forget, counts } = fetches();
    const [first, second] = [goods('a'), goods('a', 'kk-seller', 'other goods')];
    await poll(first.wanted);
    await poll(second.wanted);
    expect([first.seen.ended, second.seen.starts, second.seen.ended]).toEqual([true, 1, false]);
    await forget(id32('a'));
    expect(second.seen.ended).toBe(true);
    expect(counts.changes).toBe(0);
  });

  it('are all ended at the stop, and none is started after it', async () => {
    const { poll, stop } = fetches();
    const [running, late] = [goods('a'), goods('b', 'kk-other')];
    await poll(running.wanted);
    await stop();
    expect(running.seen.ended).toBe(true);
    expect(await poll(late.wanted)).toBeUndefined();
    expect(late.seen.starts).toBe(0);
  });
});

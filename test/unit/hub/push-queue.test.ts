import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPushQueue } from '../../../lib/hub/push-queue.ts';

const LONG = {
  turnMs: 600_000,
  pushMs: 600_000,
  waitMs: 600_000,
  keepMs: 600_000,
  idleMs: 600_000,
  usedMs: 600_000,
  minMs: 0,
};
const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns to push', () => {
  it('come in the order in which they were asked for, one at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 12 }), async (accounts) => {
        const queue = createPushQueue(LONG);
        const had: string[] = [];
        const asked = accounts.map(async (account) => {
          if (await queue.waitForTurn(account, never())) had.push(account);
        });
        for (const [index, account] of accounts.entries()) {
          await settled();
          expect(had).toEqual(accounts.slice(0, index + 1));
          queue.release(account);
        }
        await Promise.all(asked);
        expect(queue.waiting()).toBe(0);
      }),
    );
  });

  it('end by themselves, so that who went away keeps nobody waiting', async () => {
    const queue = createPushQueue({ ...LONG, turnMs: 5 });
    expect(await queue.waitForTurn('a', never())).toBe(true);
    expect(await queue.waitForTurn('b', never())).toBe(true);
  });

  it('last until a push that is under way has ended', async () => {
    const queue = createPushQueue({ ...LONG, turnMs: 20 });
    expect(await queue.waitForTurn('a', never())).toBe(true);
    queue.extend('b');
    queue.extend('a');
    let hasTurn = false;
    const other = queue.waitForTurn('b', never()).then((has) => {
      hasTurn = has;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(hasTurn).toBe(false);
    queue.release('a');
    await other;
    expect(hasTurn).toBe(true);
    queue.release('b');
  });

  it('keep the place of who was told no and comes back, and of nobody who stays away', async () => {
    const queue = createPushQueue({ ...LONG, waitMs: 5 });
    expect(await queue.waitForTurn('a', never())).toBe(true);
    expect(await queue.waitForTurn('b', never())).toBe(false);
    expect(await queue.waitForTurn('c', never())).toBe(false);
    queue.release('a');
    expect(await queue.waitForTurn('d', never())).toBe(true);
    const late = queue.waitForTurn('c', never());
    const early = queue.waitForTurn('b', never());
    queue.release('d');
    expect(await early).toBe(true);
    queue.release('b');
    expect(await Promise.race([late, settled().then(() => 'waits')])).not.toBe('waits');
  });

  it('are given up when they don’t come in time or are no longer wanted', async () => {
    const queue = createPushQueue({ ...LONG, waitMs: 5 });
    expect(await queue.waitForTurn('a', never())).toBe(true);
    expect(await queue.waitForTurn('b', never())).toBe(false);
    const gone = new AbortController();
    const asked = queue.waitForTurn('c', gone.signal);
    gone.abort();
    expect(await asked).toBe(false);
    expect(queue.waiting()).toBe(0);
    queue.release('a');
  });

  it('are one an account: who asks twice keeps the place, who has one goes to the end, nobody ends another’s', async () => {
    const queue = createPushQueue(LONG);
    expect(await queue.waitForTurn('a', never())).toBe(true);
    const first = queue.waitForTurn('b', never());
    const other = queue.waitForTurn('c', never());
    const second = queue.waitForTurn('b', never());
    expect(await first).toBe(false);
    queue.release('c');
    const again = queue.waitForTurn('a', never());
    expect(await second).toBe(true);
    queue.release('b');
    expect(await other).toBe(true);
    queue.release('c');
    expect(await again).toBe(true);
    queue.release('a');
  });

  describe('of an account that holds them for long', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
    afterEach(() => void vi.useRealTimers());

    /** Has an account take turns and hold them, and an honest one ask for one now and then; gives the honest one's waits. */
    async function waitsBeside(holdMs: number, pushes: boolean): Promise<readonly number[]> {
      const queue = createPushQueue();
      const waits: number[] = [];
      let isOver = false;
      const attack = (async () => {
        while (!isOver) {
          if (!(await queue.waitForTurn('attacker', never()))) continue;
          await new Promise((resolve) => setTimeout(resolve, holdMs));
          if (pushes) queue.pushed('attacker', true);
        }
      })();
      for (let n = 0; n < 20; n++) {
        await vi.advanceTimersByTimeAsync(7_000 + 313 * n);
        const askedMs = performance.now();
        const asked = queue.waitForTurn('honest', never()).then((has) => {
          expect(has).toBe(true);
          waits.push(performance.now() - askedMs);
        });
        await vi.advanceTimersByTimeAsync(25_000);
        await asked;
        queue.pushed('honest', true);
      }
      isOver = true;
      await vi.advanceTimersByTimeAsync(30_000);
      await attack;
      return waits;
    }

    it.each([2_100, 5_000, 21_000])(
      'become short, and come after the others’ (asks again after %i ms)',
      async (holdMs) => {
        const waits = await waitsBeside(holdMs, false);
        expect(waits).toHaveLength(20);
        // Once in the first turn, at the most; then no longer than the shortest turn and what is forgiven meanwhile.
        expect(waits.filter((waitMs) => waitMs > 5_000).length).toBeLessThanOrEqual(1);
      },
    );

    it('become short also where it pushes at their end', async () => {
      const waits = await waitsBeside(19_000, true);
      expect(waits.filter((waitMs) => waitMs > 8_000).length).toBeLessThanOrEqual(1);
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../lib/hub/turns.ts';

const LONG = { turnMs: 600_000, pushMs: 600_000, waitMs: 600_000, keepMs: 600_000 };
const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('come in the order in which they were asked for, one at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 12 }), async (accounts) => {
        const turns = createTurns(LONG);
        const had: string[] = [];
        const asked = accounts.map(async (account) => {
          if (await turns.request(account, never())) had.push(account);
        });
        for (const [index, account] of accounts.entries()) {
          await settled();
          expect(had).toEqual(accounts.slice(0, index + 1));
          turns.release(account);
        }
        await Promise.all(asked);
        expect(turns.waiting()).toBe(0);
      }),
    );
  });

  it('end by themselves, so that who went away keeps nobody waiting', async () => {
    const turns = createTurns({ ...LONG, turnMs: 5 });
    expect(await turns.request('a', never())).toBe(true);
    expect(await turns.request('b', never())).toBe(true);
  });

  it('last until a push that is under way has ended', async () => {
    const turns = createTurns({ ...LONG, turnMs: 20 });
    expect(await turns.request('a', never())).toBe(true);
    turns.extend('b');
    turns.extend('a');
    let hasTurn = false;
    const other = turns.request('b', never()).then((has) => {
      hasTurn = has;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(hasTurn).toBe(false);
    turns.release('a');
    await other;
    expect(hasTurn).toBe(true);
    turns.release('b');
  });

  it('keep the place of who was told no and comes back, and of nobody who stays away', async () => {
    const turns = createTurns({ ...LONG, waitMs: 5 });
    expect(await turns.request('a', never())).toBe(true);
    expect(await turns.request('b', never())).toBe(false);
    expect(await turns.request('c', never())).toBe(false);
    turns.release('a');
    expect(await turns.request('d', never())).toBe(true);
    const late = turns.request('c', never());
    const early = turns.request('b', never());
    turns.release('d');
    expect(await early).toBe(true);
    turns.release('b');
    expect(await Promise.race([late, settled().then(() => 'waits')])).not.toBe('waits');
  });

  it('are given up when they don’t come in time or are no longer wanted', async () => {
    const turns = createTurns({ ...LONG, waitMs: 5 });
    expect(await turns.request('a', never())).toBe(true);
    expect(await turns.request('b', never())).toBe(false);
    const gone = new AbortController();
    const asked = turns.request('c', gone.signal);
    gone.abort();
    expect(await asked).toBe(false);
    expect(turns.waiting()).toBe(0);
    turns.release('a');
  });

  it('are one an account: who asks twice keeps the place, who has one goes to the end, nobody ends another’s', async () => {
    const turns = createTurns(LONG);
    expect(await turns.request('a', never())).toBe(true);
    const first = turns.request('b', never());
    const other = turns.request('c', never());
    const second = turns.request('b', never());
    expect(await first).toBe(false);
    turns.release('c');
    const again = turns.request('a', never());
    expect(await second).toBe(true);
    turns.release('b');
    expect(await other).toBe(true);
    turns.release('c');
    expect(await again).toBe(true);
    turns.release('a');
  });
});

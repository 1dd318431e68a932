import { describe, expect, it } from 'vitest';
import { createWakeable } from '../../../lib/vault/wakeable.ts';

/** Far longer than a test may take: only a wake ends such a sleep. */
const LONG_MS = 2 ** 31 - 1;

describe('the sleep of a loop', () => {
  it('ends at a wake, also at one that came while the loop worked', async () => {
    const { sleep, wake } = createWakeable();
    const sleeping = sleep(LONG_MS);
    wake();
    await sleeping;
    wake();
    await sleep(LONG_MS);
    expect(await Promise.race([sleep(LONG_MS).then(() => 'woken'), sleep(0).then(() => 'asleep')])).toBe('asleep');
  });

  it('ends at the earliest of several wakes to come, and not at once for a time that no timer takes', async () => {
    const { sleep, wakeIn } = createWakeable();
    wakeIn(60_000);
    wakeIn(1);
    wakeIn(30_000);
    await sleep(Number.POSITIVE_INFINITY);
  });
});

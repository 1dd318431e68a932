import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followPace, type Pace, UNSEEN_SECONDS } from '../../../lib/host/machine/pace.ts';

const HOUR_MS = 3_600_000;

describe('the pace of a run on the sample', () => {
  let changes: boolean[] = [];
  let clients: string[] = [];
  let lookedMs = 0;
  let pace: Pace;

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    [changes, clients, lookedMs] = [[], [], 0];
    pace = followPace({
      now: Date.now,
      clients: () => clients,
      lastLookMs: async () => lookedMs,
      onChange: (isSlow) => void changes.push(isSlow),
      debug: (line) => expect.unreachable(line),
    });
  });
  afterEach(() => {
    pace.stop();
    vi.useRealTimers();
  });

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const unseen = () => pass(UNSEEN_SECONDS * 1000 + 1000);

  it('is normal at first and slower once nobody has looked for a while', async () => {
    await pass(UNSEEN_SECONDS * 1000 - 2000);
    expect(pace.isSlow()).toBe(false);
    await pass(4000);
    expect(changes).toEqual([true]);
  });

  it.each([
    ['a client joins', () => void clients.push('ana')],
    ['a command runs', () => (lookedMs = Date.now())],
    ['a note is edited or somebody speaks', () => pace.seen()],
  ])('is normal again within two seconds when %s', async (_what, look) => {
    await unseen();
    look();
    await pass(2000);
    expect(changes).toEqual([true, false]);
    await pass(UNSEEN_SECONDS * 1000 - 5000);
    expect(pace.isSlow()).toBe(false);
  });

  it('counts a client that says nothing for an hour, and one that speaks on', async () => {
    clients = ['bouncer'];
    await pass(HOUR_MS);
    expect(pace.isSlow()).toBe(false);
    await unseen();
    expect(pace.isSlow()).toBe(true);
    pace.seen();
    await pass(HOUR_MS - 5000);
    expect(pace.isSlow()).toBe(false);
  });

  it('is not kept up by a file from the future', async () => {
    lookedMs = Date.now() + 1000 * HOUR_MS;
    await unseen();
    lookedMs = 0;
    await unseen();
    expect(pace.isSlow()).toBe(true);
  });
});

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HUB_BOUNDS } from '../../../lib/core/hub-bounds.ts';
import { openPushQuota } from '../../../lib/hub/push-quota.ts';
import { createSlidingSum } from '../../../lib/hub/sliding-sum.ts';
import { makeFolder } from '../../support/git.ts';

const HOUR = 3_600_000;
const [MIB, PLENTY] = [2 ** 20, 2 ** 40];
const { wireBytes: QUOTA } = HUB_BOUNDS.quota;
const NOON = Date.parse('2026-03-01T12:30:00Z');

describe('a sum of the last hours', () => {
  it('never lets more than the bound into as many hours, and says when there is room', () => {
    const steps = fc.array(fc.tuple(fc.nat(3 * HOUR), fc.nat(50)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const sum = createSlidingSum(HOUR, 24);
        const taken: { readonly atMs: number; readonly amount: number }[] = [];
        let nowMs = NOON;
        for (const [waitMs, amount] of all) {
          nowMs += waitMs;
          const fits = sum.fallsToAtMs(100 - amount, nowMs);
          expect(fits > nowMs).toBe(sum.total(nowMs) + amount > 100);
          expect(sum.total(fits) + amount).toBeLessThanOrEqual(100);
          nowMs = fits;
          sum.add(amount, nowMs);
          taken.push({ atMs: nowMs, amount });
          const since = nowMs - 23 * HOUR;
          const inWindow = taken.filter(({ atMs }) => atMs > since).reduce((total, one) => total + one.amount, 0);
          expect(inWindow).toBeLessThanOrEqual(100);
          expect(sum.slots(nowMs).length).toBeLessThanOrEqual(24);
        }
      }),
    );
  });

  it('forgets what a clock wrote that was ahead', () => {
    const sum = createSlidingSum(HOUR, 24);
    sum.add(100, NOON + 48 * HOUR);
    expect(sum.total(NOON)).toBe(0);
  });
});

describe('the quota of pushes', () => {
  let folder = '';
  let file = '';
  let removeFolder: () => Promise<void>;
  let nowMs = NOON;
  const log: string[] = [];
  const open = () =>
    openPushQuota(
      file,
      (line) => void log.push(line),
      () => nowMs,
    );

  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
    file = path.join(folder, 'pushed.json');
    nowMs = NOON;
    log.length = 0;
  });
  afterEach(() => removeFolder());

  it('is one account’s own, and says when it ends', async () => {
    const quota = await open();
    quota.charge('kk-a', 'wireBytes', QUOTA);
    expect(quota.refusal('kk-a', 'wireBytes', 1, PLENTY)).toMatch(
      /^kk-a has pushed 96 MiB in the last 24 hours, and 96 MiB are its quota; there is room again from 2026-03-02T12:00Z\.$/,
    );
    expect(quota.refusal('kk-b', 'wireBytes', 1, PLENTY)).toBeUndefined();
    expect(quota.refusal('kk-a', 'changedBytes', 1, PLENTY)).toBeUndefined();
    nowMs = Date.parse('2026-03-02T12:00:00Z');
    expect(quota.refusal('kk-a', 'wireBytes', QUOTA, PLENTY)).toBeUndefined();
    await quota.close();
  });

  it('goes on where it was after a restart, also one without a close', async () => {
    const before = await open();
    before.charge('kk-a', 'wireBytes', QUOTA - 5);
    before.charge('kk-a', 'changedBytes', 7);
    await before.close();
    const after = await open();
    expect([after.used('kk-a', 'wireBytes'), after.used('kk-a', 'changedBytes')]).toEqual([QUOTA - 5, 7]);
    expect(after.room('kk-a', 'wireBytes', PLENTY)).toBe(5);
    nowMs += 30 * HOUR;
    expect(after.accounts()).toEqual([]);
    await after.close();
  });

  it('starts at zero, and says so, where its file is damaged', async () => {
    await writeFile(file, '{"apiVersion":"karmakadabra/v1","kind":"HubUsage","accounts":{"__proto__":{}}');
    const quota = await open();
    expect(quota.room('kk-a', 'wireBytes', PLENTY)).toBe(QUOTA);
    expect(log.join()).toContain('is counted from zero');
    await quota.close();
  });

  it('refuses those who pushed most first when the disk gets full, and nobody who pushed little before its end', async () => {
    const quota = await open();
    quota.charge('kk-greedy', 'wireBytes', 50 * MIB);
    quota.charge('kk-modest', 'wireBytes', MIB);
    const isRefused = (account: string, freeMib: number) =>
      quota.refusal(account, 'wireBytes', 1000, freeMib * MIB) !== undefined;
    expect([300, 140, 64, 40, 32].map((free) => isRefused('kk-greedy', free))).toEqual([false, true, true, true, true]);
    expect([300, 140, 64, 40, 32].map((free) => isRefused('kk-modest', free))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(quota.refusal('kk-greedy', 'wireBytes', 1, 140 * MIB)).toContain('disk is nearly full (140 MiB are free)');
    await quota.close();
  });
});

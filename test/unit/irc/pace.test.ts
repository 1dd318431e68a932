import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldNick } from '../../../lib/core/nick.ts';
import { backoffMs } from '../../../lib/irc/backoff.ts';
import { parseHeardLine } from '../../../lib/irc/heard-line.ts';
import { createInbox } from '../../../lib/irc/inbox.ts';
import { createNickPlan } from '../../../lib/irc/nick-plan.ts';
import { createOutbox, OUTBOX_DEFAULTS } from '../../../lib/irc/outbox.ts';
import { createRoster } from '../../../lib/irc/roster.ts';
import { anyText } from '../../support/irc-arbitraries.ts';

describe('the outbox', () => {
  it('never lets more through than burst and time allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ waitMs: fc.nat({ max: 5000 }), text: fc.string({ minLength: 1 }) }), { maxLength: 200 }),
        (steps) => {
          const box = createOutbox(OUTBOX_DEFAULTS);
          let now = 0;
          let said = 0;
          let first: number | undefined;
          for (const { waitMs, text } of steps) {
            now += waitMs;
            box.put(`${text} ${now}`, now);
            for (let next = box.take(now); next !== undefined && 'line' in next; next = box.take(now)) {
              first ??= now;
              said += 1;
            }
            expect(said).toBeLessThanOrEqual(OUTBOX_DEFAULTS.burst + (now - (first ?? now)) / OUTBOX_DEFAULTS.everyMs);
          }
        },
      ),
    );
  });

  it('says how long to wait, and then lets the line through', () => {
    const box = createOutbox({ ...OUTBOX_DEFAULTS, burst: 1 });
    box.put('one', 0);
    box.put('two', 0);
    expect(box.take(0)).toEqual({ line: 'one' });
    expect(box.take(500)).toEqual({ waitMs: 1500 });
    expect(box.take(2000)).toEqual({ line: 'two' });
    expect(box.take(2000)).toBeUndefined();
  });

  it('takes nearly the same line once a minute', () => {
    const box = createOutbox(OUTBOX_DEFAULTS);
    expect(box.put('kk-a: Interested! offer:aaaaaaaa', 0)).toBe(true);
    expect(box.put('KK-A:  interested  offer:aaaaaaaa', 59_999)).toBe(false);
    expect(box.put('kk-a: Interested! offer:bbbbbbbb', 59_999)).toBe(true);
    expect(box.put('kk-a: Interested! offer:aaaaaaaa', 60_000)).toBe(true);
    expect(box.stats().duplicates).toBe(1);
  });

  it('forgets what waited too long and the oldest of too many', () => {
    const box = createOutbox({ ...OUTBOX_DEFAULTS, capacity: 2 });
    for (const line of ['a1', 'b2', 'c3']) box.put(line, 0);
    expect(box.stats().overflowed).toBe(1);
    box.put('d4', 300_000);
    expect(box.take(300_001)).toEqual({ line: 'd4' });
    expect(box.stats()).toEqual({ duplicates: 0, overflowed: 2, stale: 1 });
  });

  it('holds one clean line of at most 400 bytes, whatever is put in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const box = createOutbox(OUTBOX_DEFAULTS);
        const taken = box.put(text, 0) ? box.take(0) : undefined;
        if (taken === undefined || !('line' in taken)) return;
        expect(Buffer.byteLength(taken.line)).toBeLessThanOrEqual(400);
        expect(taken.line).toMatch(/^[^\p{Cc}]+$/u);
      }),
    );
  });
});

describe('the inbox', () => {
  it('keeps the newest lines in order and counts the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 100 }), (capacity, count) => {
        const box = createInbox(capacity);
        for (let at = 0; at < count; at += 1) box.put(parseHeardLine('n', 't', at));
        const kept = box.drain().map(({ at }) => at);
        expect(kept).toEqual(Array.from({ length: Math.min(count, capacity) }, (_, i) => count - kept.length + i));
        expect(box.dropped()).toBe(count - kept.length);
        expect(box.drain()).toEqual([]);
      }),
    );
  });
});

describe('the wait before the next attempt', () => {
  it('stays within its bounds, doubles, and is never nothing', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const wait = backoffMs(attempt, { minMs: 1000, maxMs: 60_000 }, random);
          expect(wait).toBeGreaterThanOrEqual(500);
          expect(wait).toBeLessThanOrEqual(60_000);
        },
      ),
    );
    expect([0, 1, 2, 3, 9].map((n) => backoffMs(n, { minMs: 1000, maxMs: 60_000 }, 0.999_999_999).toFixed(0))).toEqual([
      '1000',
      '2000',
      '4000',
      '8000',
      '60000',
    ]);
  });
});

describe('the nicks to try', () => {
  it('differ from each other, fit, and come to an end', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^kk-[a-z0-9]{1,28}$/),
        fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }),
        (nick, taken) => {
          const plan = createNickPlan(nick);
          const tried = taken.map((one) => (one ? plan.afterTaken() : plan.afterRefused()));
          for (const one of tried) expect(one?.length ?? 0).toBeLessThanOrEqual(31);
          const names = createNickPlan(nick);
          const others = Array.from({ length: 40 }, () => names.afterTaken());
          expect(new Set([nick, ...others]).size).toBe(41);
        },
      ),
    );
    const plan = createNickPlan('kk-juanjumagalp');
    expect([plan.afterTaken(), plan.afterTaken(), plan.afterRefused()]).toEqual([
      'kk-juanjumagalp_',
      'kk-juanjumagalp_2',
      'kk-juan_2',
    ]);
    for (let i = 0; i < 100; i += 1) plan.afterTaken();
    expect(plan.afterTaken()).toBeUndefined();
  });
});

describe('the roster', () => {
  it('follows joins, parts and changes of nick whatever their case', () => {
    const roster = createRoster((nick) => foldNick(nick, 'rfc1459'));
    for (const nick of ['bob', 'Ana', 'carl']) roster.add(nick);
    roster.rename('BOB', 'Zed');
    roster.remove('CARL');
    roster.rename('nobody', 'someone');
    roster.add('Ana[away]');
    roster.remove('ana{AWAY}');
    expect(roster.list()).toEqual(['Ana', 'Zed']);
  });
});

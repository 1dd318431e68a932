import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessBeat, type BeatFile } from '../../../lib/host/container/beat-file.ts';

const NOW = 1_800_000_000;
const beating: BeatFile = { unit: 'kk-a', at: NOW - 5, everySeconds: 30, landedAt: NOW - 40, waitsFor: '' };
const judge = (changes: Partial<BeatFile>) => assessBeat(JSON.stringify({ ...beating, ...changes }), NOW);

describe('the health of a container', () => {
  it('is good while it beats and what it wrote is in the vault', () => {
    expect(judge({})).toEqual({ isHealthy: true, line: 'kk-a beat 5 s ago' });
  });

  it('allows a few missed beats and no more, at every pace', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3600 }), fc.nat(20_000), (everySeconds, age) => {
        const { isHealthy } = judge({ everySeconds, at: NOW - age, landedAt: NOW });
        if (age <= 4 * everySeconds) expect(isHealthy).toBe(true);
        if (age > 5 * everySeconds + 60) expect(isHealthy).toBe(false);
      }),
    );
  });

  it('is bad when a container waits, has not beaten, beats into the void, or says nothing that can be read', () => {
    expect(judge({ waitsFor: 'the vault' })).toEqual({ isHealthy: false, line: 'kk-a waits for the vault' });
    expect(judge({ at: 0, landedAt: 0 })).toEqual({ isHealthy: false, line: 'kk-a has not beaten yet' });
    expect(judge({ landedAt: 0 }).line).toContain('nothing it wrote was pushed');
    expect(judge({ landedAt: NOW - 4000 })).toMatchObject({ isHealthy: false });
    for (const text of [undefined, '', '{', 'null', '{"unit":7}']) expect(assessBeat(text, NOW).isHealthy).toBe(false);
  });
});

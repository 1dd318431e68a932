import { describe, expect, it } from 'vitest';
import { MEMORY_LIMIT_MIB } from '../../../lib/fleet/memory-needs.ts';
import { maxHeapMib } from '../../../lib/products/isolation/bounds.ts';

const MIB = 1024 * 1024;

describe('the memory for goods of strangers', () => {
  it('leaves an agent room in its container, and is enough for half a year of a busy channel', () => {
    const heap = maxHeapMib(MEMORY_LIMIT_MIB.agent.extractor * MIB);
    expect(heap).toBeLessThanOrEqual(MEMORY_LIMIT_MIB.agent.extractor - 200);
    expect(heap).toBeGreaterThanOrEqual(200);
  });

  it.each([undefined, 0, 2 ** 63, 64 * 1024 * MIB])(
    'has a bound where the system states none or a large one: %s',
    (limit) => {
      expect(maxHeapMib(limit)).toBe(1024);
    },
  );

  it('is never less than the program needs', () => {
    expect(maxHeapMib(128 * MIB)).toBe(64);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workRecord } from '../../../lib/core/work.ts';
import { byteLines } from '../../../lib/products/goods/byte-lines.ts';
import { canonicalJson, canonicalPieces } from '../../../lib/work/canonical-json.ts';
import { digestOf, sha256 } from '../../../lib/work/digest.ts';
import { inProcess } from '../../../lib/work/executor.ts';
import { compareWork, createWorkChain, foldInputs, verifyWork, workHead } from '../../../lib/work/work-chain.ts';

async function chainOf(texts: readonly string[]) {
  let clock = 0;
  const chain = createWorkChain(inProcess, () => (clock += 5));
  let input = sha256('start');
  for (const text of texts) {
    const stage = { name: 'stage', version: '1', run: () => text };
    await chain.run(stage, undefined, [input], (made) => ({ output: sha256(made), counts: { letters: made.length } }));
    input = sha256(text);
  }
  return chain.records();
}

describe('the chain of work', () => {
  it('verifies, and no longer when any field of any record is changed', async () => {
    const records = await chainOf(['one', 'two', 'three']);
    expect(verifyWork(records)).toEqual([]);
    expect(records.every((record) => workRecord.safeParse(record).success)).toBe(true);
    for (const at of [0, 1]) {
      for (const change of [{ durationMs: 9 }, { stage: 'other' }, { output: sha256('other') }, { counts: {} }]) {
        const forged = records.map((record, index) => (index === at ? { ...record, ...change } : record));
        expect(verifyWork(forged), JSON.stringify(change)).not.toEqual([]);
      }
    }
    expect(workHead(records)).not.toBe(workHead(records.slice(0, 2)));
  });

  it('is the same story whatever it took, and another when anything else differs', async () => {
    const records = await chainOf(['one', 'two']);
    expect(
      compareWork(
        records.map((record) => ({ ...record, durationMs: 77, executor: 'elsewhere' })),
        records,
      ),
    ).toEqual([]);
    expect(compareWork(await chainOf(['one', 'other']), records)).not.toEqual([]);
    expect(compareWork(records.slice(0, 1), records)).not.toEqual([]);
    expect(verifyWork([])).not.toEqual([]);
  });

  it('names a stage that fails and keeps no record of it', async () => {
    const chain = createWorkChain(inProcess, () => 0);
    const bad = { name: 'bad', version: '1', run: () => Promise.reject(new Error('no')) };
    await expect(chain.run(bad, undefined, [], () => ({ output: sha256(''), counts: {} }))).rejects.toMatchObject({
      code: 'products/stage-failed',
    });
    expect(chain.records()).toEqual([]);
  });

  it('lists up to 500 inputs and folds more into one hash', () => {
    const many = Array.from({ length: 700 }, (_, at) => sha256(String(at)));
    expect(foldInputs(many.slice(0, 500))).toHaveLength(500);
    expect(foldInputs(many, 1)).toEqual([many[0], digestOf(many.slice(1))]);
  });
});

describe('canonical JSON', () => {
  it('is the same for equal values, reads back, and comes in pieces that add up', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        const shuffled = Object.fromEntries(Object.entries(plain).reverse());
        expect(canonicalJson(shuffled as never)).toBe(canonicalJson(plain));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
        expect([...canonicalPieces(plain)].join('')).toBe(canonicalJson(plain));
      }),
    );
  });
});

describe('lines of bytes', () => {
  const collect = async (chunks: readonly Uint8Array[], maxBytes = 1000) => {
    const lines = [];
    async function* source() {
      yield* chunks;
    }
    for await (const batch of byteLines(source(), maxBytes)) lines.push(...batch);
    return lines;
  };

  it('are the same however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r\n', '日') }),
        fc.integer({ min: 1, max: 7 }),
        async (text, size) => {
          const bytes = Buffer.from(text);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
            bytes.subarray(at * size, (at + 1) * size),
          );
          const lines = await collect(chunks);
          const expected = text.split(/\r?\n/);
          if (expected.at(-1) === '') expected.pop();
          expect(lines).toEqual(expected.map((line) => ({ kind: 'text', text: line, mended: false })));
        },
      ),
    );
  });

  it('are mended where they are no UTF-8, and skipped where they are too long', async () => {
    const lines = await collect([Buffer.from([0x61, 0xff, 0x62, 10]), Buffer.from(`${'x'.repeat(50)}\nok\n`)], 20);
    expect(lines).toEqual([
      { kind: 'text', text: 'a\ufffdb', mended: true },
      { kind: 'too-long' },
      { kind: 'text', text: 'ok', mended: false },
    ]);
  });
});

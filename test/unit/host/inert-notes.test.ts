import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeContentIn, activeInFields } from '../../../lib/core/active-content.ts';
import { logHead, logKind, logLines } from '../../../lib/heartbeat/log-page.ts';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { type Fields, FREE_TEXT, NOTE_CASES } from '../../support/note-cases.ts';
import { ACTIVE_VECTORS, hostileText } from '../../support/note-texts.ts';
import { NOW } from '../../support/snapshot.ts';

/** Kinds whose only free text is the envelope's id. */
const FREE_IDS = ['supply-chain', 'ledger'];

type Path = readonly (string | number)[];

/** The places of all strings in a value. */
function stringsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    stringsIn(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function replaced(value: unknown, [key, ...rest]: Path, by: string): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  return { ...(value as Fields), [key]: replaced((value as Fields)[key], rest, by) };
}

describe('what programs write into the vault', () => {
  it('is tried for every kind of note', () => {
    expect(NOTE_CASES.map(({ kind }) => kind).sort()).toEqual(noteKinds.map(({ kind }) => kind).sort());
  });

  it.each(NOTE_CASES)('is inert whatever strangers put into any field of a note: $kind', ({ front, written }) => {
    const plain = written(front);
    expect(plain === undefined ? 'refused by its schema' : activeContentIn(plain)).toBeUndefined();
    let taken = 0;
    const check = (path: Path, text: string) => {
      const note = written(replaced(front, path, text) as Fields);
      if (note === undefined) return;
      taken += 1;
      expect(activeContentIn(note), `${path.join('.')}: ${text}`).toBeUndefined();
    };
    const places = stringsIn(front);
    for (const path of places) for (const text of ACTIVE_VECTORS) check(path, text);
    fc.assert(fc.property(fc.constantFrom(...places), hostileText, check), { numRuns: 200 });
    // A kind with free text in it must have taken some, or this proved nothing.
    if (JSON.stringify(front).includes(FREE_TEXT) || FREE_IDS.includes(String(front.kind)))
      expect(taken).toBeGreaterThan(0);
  });

  it('is inert in the lines of a log', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (a, b, c) => {
        const lines = logLines({ at: NOW, task: a, reason: b, did: [{ what: b, reason: c }], errors: [c, a] });
        expect(activeContentIn(encodeNote(logKind, logHead('kk-a', NOW)) + lines), lines).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('has no property that a reader would refuse', () => {
    for (const { front } of NOTE_CASES) expect(activeInFields(front)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, agentName, hex32, hexBytes, productName, resolveWireId, wireId } from '../../../lib/core/ids.ts';

const id = fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => hex32.parse(`0x${digits}`));

describe('ids on the wire', () => {
  it('find the id that they were made from', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1, selector: wireId }), (ids) => {
        for (const one of ids) expect(resolveWireId(wireId(one), ids)).toBe(one);
      }),
    );
  });

  it('find nothing when two ids begin alike', () => {
    fc.assert(
      fc.property(id, fc.stringMatching(/^[0-9a-f]{56}$/), (one, tail) => {
        const twin = hex32.parse(one.slice(0, 10) + tail);
        fc.pre(twin !== one);
        expect(resolveWireId(wireId(one), [one, twin])).toBeUndefined();
        expect(resolveWireId(one.slice(2), [one, twin])).toBe(one);
      }),
    );
  });

  it('find an id that is listed twice', () => {
    fc.assert(
      fc.property(id, (one) => {
        expect(resolveWireId(wireId(one), [one, one])).toBe(one);
      }),
    );
  });

  it('find nothing from fewer than eight digits, or from anything but digits', () => {
    fc.assert(
      fc.property(id, fc.integer({ min: 0, max: 7 }), (one, length) => {
        expect(resolveWireId(one.slice(2, 2 + length), [one])).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(id, fc.string(), (one, text) => {
        fc.pre(!/^[0-9a-f]{8,64}$/.test(text));
        expect(resolveWireId(text, [one])).toBeUndefined();
      }),
    );
  });
});

describe('names', () => {
  it('of agents never leave their folder and are valid nicks', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const name = `kk-${text}`;
        if (!agentName.safeParse(name).success) return;
        expect(name).toMatch(/^[a-z0-9_-]{4,34}$/);
        expect(name).not.toMatch(/[-_]$/);
      }),
    );
  });

  it.each(['kk-karma-hello', 'kk-0xyuls', 'kk-alej_o', 'kk-f3l1p3_bx', 'kk-a'])('of agents may be %s', (name) => {
    expect(agentName.safeParse(name).success).toBe(true);
  });

  it.each([
    'kk-',
    'kk',
    'karma',
    'KK-a',
    'kk-A',
    'kk-../x',
    'kk-a/b',
    'kk-a.',
    'kk-a\n',
    'kk--a',
    `kk-${'a'.repeat(32)}`,
  ])('of agents may not be %j', (name) => expect(agentName.safeParse(name).success).toBe(false));

  it.each(['raw-logs', 'soul', 'topic-map'])('of products may be %s', (name) => {
    expect(productName.safeParse(name).success).toBe(true);
  });

  it.each(['', 'Soul', '-soul', 'soul log', '../soul', 'soul\n'])('of products may not be %j', (name) => {
    expect(productName.safeParse(name).success).toBe(false);
  });
});

describe('hex', () => {
  it('of addresses is compared in lower case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-fA-F]{40}$/), (digits) => {
        expect(address.parse(`0x${digits}`)).toBe(`0x${digits.toLowerCase()}`);
      }),
    );
  });

  it('of 32 bytes has one form only', () => {
    fc.assert(
      fc.property(id, (one) => {
        expect(hex32.parse(one)).toBe(one);
      }),
    );
    for (const bad of [
      '',
      '0x',
      `0x${'A'.repeat(64)}`,
      'a'.repeat(64),
      `0x${'a'.repeat(63)}`,
      `0x${'a'.repeat(64)}\n`,
    ]) {
      expect(hex32.safeParse(bad).success).toBe(false);
    }
  });

  it('of bytes has whole bytes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{0,40}$/), (digits) => {
        expect(hexBytes.safeParse(`0x${digits}`).success).toBe(digits.length % 2 === 0);
      }),
    );
  });
});

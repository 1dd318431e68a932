import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedLineReader, parseHeardLine } from '../../../lib/irc/heard-line.ts';

describe('a line that several agents of a host hear', () => {
  it('is read as each would read it, and kept once', () => {
    const read = createSharedLineReader();
    const line = fc.tuple(
      fc.constantFrom('kk-a', 'kk-b'),
      fc.oneof(fc.constantFrom('STATUS: resting', 'HAVE: soul ×1 | 0.1 USDC | a title | offer:0x12'), fc.string()),
      fc.nat(3),
    );
    fc.assert(
      fc.property(line, ([nick, text, at]) => {
        expect(read(nick, text, at)).toEqual(parseHeardLine(nick, text, at));
        expect(read(nick, text, at)).toBe(read(nick, text, at));
      }),
    );
  });
});

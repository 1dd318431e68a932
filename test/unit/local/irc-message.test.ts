import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLine, isChannel, isNick, parseMessage, toWire } from '../../../lib/local/irc-server/message.ts';

describe('a line of a client', () => {
  it.each([
    ['JOIN #a', { command: 'JOIN', params: ['#a'] }],
    ['privmsg #a :hello  there', { command: 'PRIVMSG', params: ['#a', 'hello  there'] }],
    [':me PRIVMSG  #a   ::)', { command: 'PRIVMSG', params: ['#a', ':)'] }],
    ['@t=1 :me PING :', { command: 'PING', params: [''] }],
    ['USER a 0 * :Real: Name', { command: 'USER', params: ['a', '0', '*', 'Real: Name'] }],
    ['', undefined],
    [':only.prefix', undefined],
    [' :x', undefined],
  ])('%j is parsed', (line, message) => {
    expect(parseMessage(line)).toEqual(message);
  });

  it('gives at most 15 parameters, none with a NUL, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (line) => {
        const message = parseMessage(line);
        expect(message?.params.length ?? 0).toBeLessThanOrEqual(15);
        expect(JSON.stringify(message ?? '')).not.toContain('\\u0000');
      }),
    );
  });
});

describe('a line of the server', () => {
  it('is at most 510 bytes, one line, and cut at a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
        const line = fitLine(toWire(text));
        expect(line.length).toBeLessThanOrEqual(510);
        expect(line).not.toMatch(/[\r\n\0]/);
        const back = Buffer.from(line, 'latin1').toString('utf8');
        expect(text.replace(/[\r\n\0]/g, ' ').startsWith(back)).toBe(true);
      }),
    );
  });
});

describe('names', () => {
  it.each(['a', 'kk-alej_o', '_x', '[a]', 'a'.repeat(32)])('%s is a nick', (nick) => expect(isNick(nick)).toBe(true));
  it.each(['', '1a', '-a', 'a b', 'a!b', 'é', ':a', '#a', 'a'.repeat(33)])('%j is none', (nick) => {
    expect(isNick(nick)).toBe(false);
  });
  it.each(['#a', '#karmakadabra', '#ñ'])('%s is a channel', (name) => expect(isChannel(name)).toBe(true));
  it.each(['', '#', 'a', '#a b', '#a,b', '#a\x07', `#${'a'.repeat(50)}`])('%j is none', (name) => {
    expect(isChannel(name)).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAT_FORMATS } from '../../../lib/products/ingest/formats/formats.ts';
import { jsonLinesFormat } from '../../../lib/products/ingest/formats/json-lines.ts';
import { ubuntuFormat } from '../../../lib/products/ingest/formats/ubuntu.ts';

describe('every format', () => {
  it('reads any line without throwing, and gives only times of the clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHAT_FORMATS),
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        (format, text, json) => {
          for (const line of [text, JSON.stringify(json), `[10:00] <${text}> x`, `=== ${text}`]) {
            const parsed = format.parse(line);
            if (parsed.kind === 'message' && parsed.time !== undefined)
              expect(parsed.time).toMatch(/^\d\d:\d\d(:\d\d)?$/);
          }
        },
      ),
    );
  });

  it('knows its files by name, and no file of a day that there is not', () => {
    expect(ubuntuFormat.accepts('2005-02-08.train-a.raw.txt')).toEqual({ day: '2005-02-08' });
    expect(ubuntuFormat.accepts('2005-02-08.train-a.annotation.txt')).toBeUndefined();
    expect(ubuntuFormat.accepts('2005-02-31.raw.txt')).toBeUndefined();
    expect(ubuntuFormat.accepts('README.txt')).toBeUndefined();
    expect(jsonLinesFormat.accepts('chat.jsonl')).toEqual({ day: undefined });
    expect(jsonLinesFormat.accepts('2026-01-05.jsonl')).toEqual({ day: '2026-01-05' });
  });
});

describe("Ubuntu's format", () => {
  it('reads messages, actions and notices', () => {
    expect(ubuntuFormat.parse('[09:56] <cowbud> hi > all')).toMatchObject({
      nick: 'cowbud',
      time: '09:56',
      text: 'hi > all',
    });
    expect(ubuntuFormat.parse('[16:01]  * MCl0vin hates 12.04')).toMatchObject({ nick: 'MCl0vin', action: true });
    expect(ubuntuFormat.parse('[05:12] -ghac:#ubuntu- happy')).toMatchObject({ nick: 'ghac', text: 'happy' });
  });

  it('tells what the server says from the actions of old logs', () => {
    expect(ubuntuFormat.parse('=== vtg [v@route6.alumina.nl]  has joined #ubuntu')).toEqual({
      kind: 'presence',
      nicks: ['vtg'],
    });
    expect(ubuntuFormat.parse('=== a is now known as b')).toMatchObject({ kind: 'presence', rename: ['a', 'b'] });
    expect(ubuntuFormat.parse('=== Scooter boots his Xbox')).toMatchObject({
      kind: 'message',
      action: true,
      onlyOfSpeakers: true,
    });
  });
});

describe('JSON lines', () => {
  it.each([
    [{ timestamp: '2026-01-05T10:20:30Z', user: 'ann', message: 'hola' }],
    [{ 'tmi-sent-ts': '1767608430000', 'display-name': 'ann', text: 'hola' }],
    [{ timestamp: 1767608430, username: 'ann', text: 'hola' }],
    [{ tags: { 'tmi-sent-ts': 1767608430000, 'display-name': 'ann' }, message: 'hola', channel: '#x' }],
  ])('carry time, speaker and text under their usual names: %j', (line) => {
    expect(jsonLinesFormat.parse(JSON.stringify(line))).toMatchObject({
      kind: 'message',
      day: '2026-01-05',
      time: '10:20:30',
      nick: 'ann',
      text: 'hola',
    });
  });

  it('without them are not messages', () => {
    for (const line of ['{"user":"a","text":"b"}', '{"timestamp":"never","user":"a","text":"b"}', '[]', '{', 'null']) {
      expect(jsonLinesFormat.parse(line).kind).toBe('unknown');
    }
  });
});

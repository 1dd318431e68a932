import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayInPath, type LineFormat } from '../../../lib/products/ingest/formats/format.ts';
import { CHAT_FORMATS, formatsOf } from '../../../lib/products/ingest/formats/formats.ts';
import { jsonLinesFormat } from '../../../lib/products/ingest/formats/json-lines.ts';
import { ubuntuFormat } from '../../../lib/products/ingest/formats/ubuntu.ts';

const readLine = (format: LineFormat, line: string) => format.open({ path: 'x.log', day: undefined }).read(line);
const namesOf = (path: string, ...lines: string[]) =>
  formatsOf({ path, day: dayInPath(path), lines }).map(({ name }) => name);

describe('every format', () => {
  it('reads any line without throwing, and gives only times of the clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CHAT_FORMATS.filter((format) => format.unit === 'lines')),
        fc.string({ unit: 'binary' }),
        fc.jsonValue(),
        (format, text, json) => {
          for (const line of [text, JSON.stringify(json), `[10:00] <${text}> x`, `=== ${text}`]) {
            const parsed = readLine(format, line);
            if (parsed.kind === 'message' && parsed.at.kind === 'clock' && parsed.at.time !== undefined)
              expect(parsed.at.time).toMatch(/^\d\d:\d\d(:\d\d)?$/);
          }
        },
      ),
    );
  });

  it('is told by what stands in the file', () => {
    expect(namesOf('2005-02-08.train-a.raw.txt', '[10:00] <ann> hi')).toEqual(['ubuntu']);
    expect(namesOf('2005-02-08.train-a.annotation.txt', '1000 1003 -')).toEqual([]);
    expect(namesOf('chat.txt', '{"timestamp":1767608430,"user":"ann","text":"hi"}')).toEqual(['json-lines']);
    expect(namesOf('README.txt', 'These are logs.')).toEqual([]);
  });

  it('has the day of a file from its name or its folders, and no day that there is not', () => {
    const days = { '2005-02-08.train-a.raw.txt': '2005-02-08', '2024/05/03/#ubuntu.txt': '2024-05-03' };
    for (const [path, day] of Object.entries({ ...days, 'net/#chan_20240503.log': '2024-05-03' }))
      expect(dayInPath(path)).toBe(day);
    for (const path of ['2005-02-31.raw.txt', '2024/13/03/a.txt', 'a.txt', '12024-05-03.txt', 'v2024.05.03.txt'])
      expect(dayInPath(path)).toBeUndefined();
  });
});

describe("Ubuntu's format", () => {
  it('reads messages, actions and notices', () => {
    expect(readLine(ubuntuFormat, '[09:56] <cowbud> hi > all')).toMatchObject({
      by: { nick: 'cowbud' },
      at: { time: '09:56' },
      text: 'hi > all',
    });
    expect(readLine(ubuntuFormat, '[16:01]  * MCl0vin hates 12.04')).toMatchObject({
      by: { nick: 'MCl0vin' },
      action: true,
    });
    expect(readLine(ubuntuFormat, '[05:12] -ghac:#ubuntu- happy')).toMatchObject({
      by: { nick: 'ghac' },
      text: 'happy',
    });
  });

  it('tells what the server says from the actions of old logs', () => {
    expect(readLine(ubuntuFormat, '=== vtg [v@route6.alumina.nl]  has joined #ubuntu')).toEqual({
      kind: 'presence',
      people: [{ nick: 'vtg', aliases: [] }],
    });
    expect(readLine(ubuntuFormat, '=== a is now known as b')).toMatchObject({ kind: 'presence', rename: ['a', 'b'] });
    expect(readLine(ubuntuFormat, '=== Scooter boots his Xbox')).toMatchObject({
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
    expect(readLine(jsonLinesFormat, JSON.stringify(line))).toMatchObject({
      kind: 'message',
      at: { kind: 'instant', ms: Date.UTC(2026, 0, 5, 10, 20, 30) },
      by: { nick: 'ann' },
      text: 'hola',
    });
  });

  it('without them are not messages', () => {
    for (const line of ['{"user":"a","text":"b"}', '{"timestamp":"never","user":"a","text":"b"}', '[]', '{', 'null']) {
      expect(readLine(jsonLinesFormat, line).kind).toBe('unknown');
    }
  });
});

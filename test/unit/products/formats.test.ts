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

describe('what is private on its own network', () => {
  const chat = { user: 'ann', timestamp: 1_714_727_000, message: 'psst' };
  it.each([
    { ...chat, tags: { 'message-type': 'whisper' } },
    { ...chat, 'message-type': 'whisper' },
    { ...chat, type: 'whisper', self: true, channel: '#lab' },
    { ...chat, type: 'Private Message' },
    { ...chat, tags: { 'thread-id': '12_34' } },
    { ...chat, type: 'notice', target: 'bob' },
    { ...chat, type: 'privmsg', channel: 'bob' },
    { ...chat, command: 'PRIVMSG', target: '@#lab' },
    { ...chat, channel: 'Ann' },
    { ...chat, channel_type: 'im' },
    { ...chat, whisper: true },
  ])('is private in JSON lines: %j', (line) => {
    expect(readLine(jsonLinesFormat, JSON.stringify(line)).kind).toBe('private');
  });

  it.each([
    { ...chat, channel: '#lab' },
    { ...chat, channel: 'lab' },
    { ...chat, type: 'privmsg', target: '#lab' },
  ])('is not what is said to all: %j', (line) => {
    expect(readLine(jsonLinesFormat, JSON.stringify(line)).kind).toBe('message');
  });

  it('is in Ubuntu’s logs a notice to operators or to one person', () => {
    for (const line of [
      '-ann:@#lab- psst',
      '-ann:+#lab- psst',
      '-ann:bob- psst',
      '-ann- psst',
      '*ann* psst',
      '>ann< psst',
    ])
      expect(readLine(ubuntuFormat, `[09:07] ${line}`).kind, line).toBe('private');
    for (const [line, text] of [
      ['-a-b:#ubuntu-meeting- Meeting - started', 'Meeting - started'],
      ['-ann:#ubuntu- hi', 'hi'],
    ])
      expect(readLine(ubuntuFormat, `[09:07] ${line}`)).toMatchObject({ kind: 'message', text });
  });
});

describe('the speaker of a line', () => {
  it('has no sign of status', () => {
    for (const sign of ['@', '+', '%', '&', '~', '!', '@+', '~@']) {
      expect(readLine(ubuntuFormat, `[09:01] <${sign}ann> hi`)).toMatchObject({ by: { nick: 'ann' } });
      expect(readLine(ubuntuFormat, `[09:01] * ${sign}ann waves`)).toMatchObject({ by: { nick: 'ann' }, action: true });
      const json = { user: `${sign}ann`, timestamp: 1_714_727_000, message: 'hi' };
      expect(readLine(jsonLinesFormat, JSON.stringify(json))).toMatchObject({ by: { nick: 'ann' } });
    }
  });

  it('has every name and the identifier that a JSON line offers, at whatever place', () => {
    const line = {
      timestamp: 1_714_727_000,
      message: 'hi',
      user: 'one',
      username: 'two',
      tags: { username: 'three', 'display-name': 'four', 'user-id': 42, badges: null },
      userstate: { login: 'five', displayName: 'six' },
      author: { name: 'seven', profile: { real_name: 'eight' } },
      context: { display_name: 'nine', nick: 'ten' },
    };
    const parsed = readLine(jsonLinesFormat, JSON.stringify(line));
    if (parsed.kind !== 'message') throw new Error('it is no message');
    expect(parsed.by.nick).toBe('one');
    expect([...parsed.by.aliases].sort()).toEqual([
      'eight',
      'five',
      'four',
      'nine',
      'seven',
      'six',
      'ten',
      'three',
      'two',
    ]);
    expect(parsed.by.id).toBe('json:42');
  });

  it('is there though a field that could do without is null or of another type', () => {
    for (const more of [
      { 'display-name': null },
      { tags: null },
      { tags: [] },
      { text: null },
      { 'tmi-sent-ts': null },
      { user: null },
    ]) {
      const line = { username: 'ann', timestamp: 1_714_727_000, message: 'hi', ...more };
      expect(readLine(jsonLinesFormat, JSON.stringify(line)), JSON.stringify(more)).toMatchObject({
        kind: 'message',
        by: { nick: 'ann' },
        text: 'hi',
      });
    }
  });

  it('may be renamed in JSON lines too', () => {
    for (const line of [
      { type: 'nick', nick: 'ann', newnick: 'ann2' },
      { event: 'rename', old_name: '@ann', new_name: 'ann2', user: 'ann' },
    ]) {
      expect(readLine(jsonLinesFormat, JSON.stringify(line))).toMatchObject({
        kind: 'presence',
        rename: ['ann', 'ann2'],
      });
    }
  });
});

describe('what a server says', () => {
  it.each([
    'Now talking in #lab',
    "Topic is 'welcome | call Carla'",
    'Set by carla on Thu May 02 10:00:00',
    'dave (~dave@pool-12.example.net) has joined #lab',
    'dave has left #lab (bye)',
    'dave is now known as dave_work',
    'alice sets mode: +o dave',
    'erin (e@host.example) Quit (Ping timeout)',
    'frank was kicked by alice (spam)',
    'alice changes topic to "x"',
    'ChanServ gives channel operator status to alice',
    'Joins: dave (~d@host)',
    'You are now known as dave',
    'Disconnected',
  ])('is nobody’s action: %s', (text) => {
    for (const line of [`[09:00] * ${text}`, `=== ${text}`])
      expect(['server', 'presence'], line).toContain(readLine(ubuntuFormat, line).kind);
  });

  it.each([
    'alice waves',
    'alice left the building',
    'alice has joined the dark side',
    'alice quit smoking',
    'topical waves',
  ])('is told from what people do: %s', (text) => {
    expect(readLine(ubuntuFormat, `[09:00] * ${text}`)).toMatchObject({ kind: 'message', action: true });
  });
});

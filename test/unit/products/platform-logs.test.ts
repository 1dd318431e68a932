import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../../lib/products/corpus.ts';
import { CHAT_FORMATS } from '../../../lib/products/ingest/formats/formats.ts';
import { createJsonValues } from '../../../lib/products/ingest/json-values.ts';
import { TEST_KEY, withFolder } from '../../support/product-maker.ts';

/** The texts that would be sold of some files, `* ` before actions; and what is said of files that aren't read, by name. */
async function soldOf(files: Readonly<Record<string, string | Uint8Array>>) {
  return withFolder(async (dir) => {
    const logs = join(dir, 'logs');
    const all = { ...files, 'other/2024-05-01.txt': '[09:01] <zoe> nothing else\n' };
    for (const [name, content] of Object.entries(all)) {
      await mkdir(dirname(join(logs, name)), { recursive: true });
      await writeFile(join(logs, name), content);
    }
    const options = { dir: logs, workDir: join(dir, 'work'), pseudonymKey: TEST_KEY, now: () => 1_700_000_000 };
    const { days, problems } = await (await openCorpus(options)).scan();
    const lines = (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('').trim().split('\n');
    const messages = lines.map(
      (line) => JSON.parse(line) as { text: string; time: string; day: string; action?: true },
    );
    return {
      texts: messages
        .map(({ text, action }) => (action === true ? `* ${text}` : text))
        .filter((text) => text !== 'nothing else'),
      times: messages.map(({ day, time }) => `${day} ${time}`).filter((time) => !time.startsWith('2024-05-01')),
      problems: new Map(problems.map(({ file, code, detail }) => [file, `${code}: ${detail}`])),
    };
  });
}

describe('logs that people have', () => {
  it('of mIRC: what the server says is nobody’s, and notices to operators are private', async () => {
    const lines = [
      'Session Start: Fri May 03 09:00:00 2024',
      'Session Ident: #lab',
      '[09:00] * Now talking in #lab',
      "[09:00] * Topic is 'welcome | call Carla'",
      '[09:00] * Set by carla on Thu May 02 10:00:00',
      '[09:01] * dave (~dave@pool-12.example.net) has joined #lab',
      '[09:02] <@alice> first',
      '[09:04] * dave is now known as dave_work',
      '[09:05] * alice sets mode: +o dave_work',
      '[09:06] * erin (e@host.example) Quit (Ping timeout)',
      '[09:06] * frank was kicked by alice (spam)',
      '[09:07] * alice waves',
      '[09:07] -alice:@#lab- ops only secret',
      '[00:01] <alice> past midnight',
      'Session Close: Fri May 03 10:00:00 2024',
    ];
    const { texts, times } = await soldOf({ 'lab.log': lines.join('\r\n') });
    expect(texts).toEqual(['first', '* waves', 'past midnight']);
    expect(times).toEqual(['2024-05-03 09:02', '2024-05-03 09:07', '2024-05-04 00:01']);
  });

  it('of Eggdrop: actions and changes of nick', async () => {
    const log =
      '[00:00] --- Fri May  3 2024\n[09:01] <alice> hello\n[09:02] Nick change: bob -> robert\n[09:02] <robert> it is me\n[09:03] Action: alice waves\n[09:03] bob (b@host.example) joined #lab.\n';
    const { texts } = await soldOf({ 'lab.log': log });
    expect(texts).toEqual(['hello', 'it is me', '* waves']);
    const without = await soldOf({ 'corpus.yaml': 'optOut: [bob]\n', 'lab.log': log });
    expect(without.texts).toEqual(['hello', '* waves']);
  });

  it('of other platforms', async () => {
    const { texts, problems } = await soldOf({
      'raw.log':
        '@badge-info=;display-name=Ann;tmi-sent-ts=1714727000000 :ann!ann@ann.tmi.twitch.tv PRIVMSG #lab :from twitch\n',
      'twd.json':
        '{"FileInfo":{},"streamer":{"name":"x"},"comments":[{"created_at":"2024-05-03T09:01:00Z","commenter":{"display_name":"Ann","name":"ann"},"message":{"body":"from a video"}}]}',
      'cdl.jsonl':
        '{"author":{"display_name":"Ann","id":"9","name":"ann"},"message":"from a line","message_type":"text_message","timestamp":1714727000123456}\n',
      'slack-2024-05-03.json':
        '[{"type":"message","user":"U01","text":"from slack &amp; more","ts":"1714727000.000200"}]',
      'whatsapp.txt': '03/05/2024, 09:01 - Ana: hola\n[03/05/24, 9:02:00 AM] Ben: hi\n',
    });
    expect(new Set(texts)).toEqual(new Set(['from twitch', 'from a video', 'from a line', 'from slack & more']));
    expect([...problems.keys()]).toEqual(['whatsapp.txt']);
    expect(problems.get('whatsapp.txt')).toContain('fewer than 3 people');
  });
});

describe('what was deleted later', () => {
  it('is not sold: a message, and those of somebody banned, on Twitch', async () => {
    const say = (login: string, id: string, text: string) =>
      `@id=${id};tmi-sent-ts=1714727000000;user-id=${login} :${login}!${login}@${login}.tmi.twitch.tv PRIVMSG #lab :${text}`;
    const log = [
      say('ann', 'm1', 'kept'),
      say('ann', 'm2', 'deleted'),
      say('bob', 'm3', 'banned'),
      '@login=ann;target-msg-id=m2 :tmi.twitch.tv CLEARMSG #lab :deleted',
      '@target-user-id=bob :tmi.twitch.tv CLEARCHAT #lab :bob',
      say('bob', 'm4', 'forgiven'),
    ];
    expect((await soldOf({ 'raw.log': log.join('\n') })).texts).toEqual(['kept', 'forgiven']);
  });

  it('is not sold, nor what was there before an edit, on Matrix', async () => {
    const event = (id: string, content: object, more: object = {}) => ({
      type: 'm.room.message',
      sender: '@ann:hs',
      event_id: id,
      origin_server_ts: 1714727000000,
      // What Element writes beside most events.
      unsigned: { age: 1200 },
      content,
      ...more,
    });
    const said = (body: string) => ({ msgtype: 'm.text', body });
    const messages = [
      event('a', said('before')),
      event('b', said('gone')),
      event('c', {
        ...said('* after'),
        'm.new_content': said('after'),
        'm.relates_to': { rel_type: 'm.replace', event_id: 'a' },
      }),
      event('d', {}, { type: 'm.room.redaction', redacts: 'b' }),
      event('e', said('> <@bob:hs> quoted\n\nreply')),
    ];
    expect((await soldOf({ 'room.json': JSON.stringify({ room_name: 'x', messages }) })).texts).toEqual([
      'after',
      'reply',
    ]);
    const encrypted = [...messages, event('f', {}, { type: 'm.room.encryption' })];
    const { texts, problems } = await soldOf({ 'room.json': JSON.stringify({ messages: encrypted }) });
    expect(texts).toEqual([]);
    expect(problems.get('room.json')).toContain('encrypted');
  });
});

describe('what is forwarded on Telegram', () => {
  it('is not sold, also from an account that is deleted', async () => {
    const said = (text: string, more: object = {}) => ({
      type: 'message',
      date: '2024-05-03T09:01:00',
      from: 'Ann',
      from_id: 'user1',
      text,
      ...more,
    });
    const messages = [
      said('forwarded', { forwarded_from: 'Bob' }),
      said('forwarded', { forwarded_from: null }),
      said('own'),
    ];
    const chat = JSON.stringify({ name: 'x', type: 'public_supergroup', messages });
    expect((await soldOf({ 'result.json': chat })).texts).toEqual(['own']);
  });
});

describe('private conversations', () => {
  const slack = '[{"type":"message","user":"U01","text":"hi","ts":"1714727000.000200"}]';
  const telegram = (type: string) =>
    JSON.stringify({
      name: 'x',
      type,
      messages: [{ type: 'message', date: '2024-05-03T09:01:00', from: 'Ann', from_id: 'user1', text: 'hi' }],
    });
  const discord = (type: string) =>
    JSON.stringify({
      guild: { id: '1' },
      channel: { type },
      messages: [
        { type: 'Default', timestamp: '2024-05-03T09:01:00+00:00', content: 'hi', author: { id: '1', name: 'ann' } },
      ],
    });

  const matrixByInvitation = JSON.stringify({
    messages: [
      { type: 'm.room.join_rules', content: { join_rule: 'invite' } },
      { type: 'm.room.message', content: { msgtype: 'm.text', body: 'hi' } },
    ].map((event) => ({ sender: '@ann:hs', origin_server_ts: 1714727000000, unsigned: { age: 1200 }, ...event })),
  });

  it.each<[string, Record<string, string>]>([
    [
      'irssi/libera/bob.log',
      { 'irssi/libera/bob.log': '--- Log opened Fri May 03 09:00:00 2024\n09:01 <ann> hi\n09:02 <bob> yo\n' },
    ],
    [
      'irc.libera.bob.weechatlog',
      { 'irc.libera.bob.weechatlog': '2024-05-03 09:01:02\tann\thi\n2024-05-03 09:01:03\tbob\tyo\n' },
    ],
    ['znc/bob/2024-05-03.log', { 'znc/bob/2024-05-03.log': '[09:01:02] <ann> hi\n[09:01:03] <bob> yo\n' }],
    ['mirc.log', { 'mirc.log': 'Session Start: Fri May 03 09:00:00 2024\nSession Ident: bob\n[09:01] <bob> hi\n' }],
    ['x/D012345678/2024-05-03.json', { 'x/D012345678/2024-05-03.json': slack }],
    [
      'x/secret/2024-05-03.json',
      { 'x/secret/2024-05-03.json': slack, 'x/groups.json': '[{"id":"G1","name":"secret"}]' },
    ],
    ['result.json', { 'result.json': telegram('personal_chat') }],
    ['room.json', { 'room.json': matrixByInvitation }],
    ['dm.json', { 'dm.json': discord('DirectTextChat') }],
  ])('are refused by name: %s', async (name, files) => {
    const { texts, problems } = await soldOf(files);
    expect(texts).toEqual([]);
    expect(problems.get(name)).toMatch(/^products\/unclear-log: .*leave it out/);
  });
});

describe('the dates of WhatsApp', () => {
  const chat = (first: string, second: string) =>
    `${first}, 09:01 - Ana: one\n${second}, 9:02\u202fPM - ~ Ben: two\nand more\n${second}, 21:03 - +34 600 111 222: three\n`;

  it('are read in the one order that fits all of them', async () => {
    expect((await soldOf({ 'chat.txt': chat('03/05/2024', '13/05/2024') })).times).toEqual([
      '2024-05-03 09:01',
      '2024-05-13 21:02',
      '2024-05-13 21:03',
    ]);
    expect((await soldOf({ 'chat.txt': chat('5/3/24', '5/13/24') })).times[1]).toBe('2024-05-13 21:02');
    // Dates only ever go on: 3 May comes before 2 June, but 5 March does not come before 6 February.
    expect((await soldOf({ 'chat.txt': chat('03/05/2024', '02/06/2024') })).times[1]).toBe('2024-06-02 21:02');
  });

  it.each([
    ['day-first', '2024-05-03 09:01'],
    ['month-first', '2024-03-05 09:01'],
  ])('are read in the order that the settings say where both fit: %s', async (order, time) => {
    const settings = `dateOrder: ${order}\n`;
    const { times } = await soldOf({ 'chat.txt': chat('03/05/2024', '04/05/2024'), 'corpus.yaml': settings });
    expect(times[0]).toBe(time);
  });

  it.each(['13/05/2024 à 09:01', '2024. 05. 13. 9:01', '13-05-2024 09:01', '2024/05/13, 9:01\u202fa.\u00a0m.'])(
    'are known as phones of other countries write them: %s',
    async (stamp) => {
      const lines = [
        'Ana: one',
        'Ben: Diese Nachricht wurde gelöscht',
        'Cid: two \u200e<Diese Nachricht wurde bearbeitet.>',
      ];
      const { texts, times } = await soldOf({ 'chat.txt': lines.map((line) => `${stamp} - ${line}\n`).join('') });
      expect(texts).toEqual(['one', 'two']);
      expect(times[0]).toBe('2024-05-13 09:01');
    },
  );

  it('are refused where both orders fit', async () => {
    const { texts, problems } = await soldOf({ 'chat.txt': chat('03/05/2024', '04/05/2024') });
    expect(texts).toEqual([]);
    expect(problems.get('chat.txt')).toContain('either order of day and month');
  });
});

/** A zip archive of these files. */
function zipOf(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    const nameLength = Buffer.from([name.length, 0, 0, 0]);
    const shared = Buffer.concat([Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]), sizes, nameLength]);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed]);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, where, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\u0005\u0006'), end]);
}

describe('text in UTF-16', () => {
  const log = Buffer.from('\ufeff[09:01] <ann> hëllo 𝄞\n[09:02] <bob> hi\n', 'utf16le');

  it.each([
    ['little end first', log],
    ['big end first', Buffer.from(log).swap16()],
    ['compressed', gzipSync(log)],
  ])('is read by its mark: %s', async (_, content) => {
    expect((await soldOf({ '2024-05-03.txt': content })).texts).toEqual(['hëllo 𝄞', 'hi']);
  });
});

describe('archives', () => {
  const log = Buffer.from('[09:01] <ann> packed\n');

  it('are read: gzip by its first bytes, the files of a zip as those of a folder', async () => {
    expect((await soldOf({ '2024-05-03.txt.gz': gzipSync(log) })).texts).toEqual(['packed']);
    expect((await soldOf({ '2024-05-03.txt': gzipSync(log) })).texts).toEqual(['packed']);
    expect((await soldOf({ 'a.zip': zipOf({ 'x/2024-05-03.txt': log, '.hidden': log }) })).texts).toEqual(['packed']);
  });

  it.each<[string, Buffer, string]>([
    ['names a file outside', zipOf({ '../2024-05-03.txt': log }), 'damaged'],
    ['names a file of the machine', zipOf({ '/2024-05-03.txt': log }), 'damaged'],
    ['would fill a disk', zipOf({ '2024-05-03.txt': Buffer.alloc(20 * 2 ** 20, 'x') }), 'far larger'],
    ['is cut', zipOf({ '2024-05-03.txt': log }).subarray(0, 60), 'damaged'],
  ])('are refused by name when one %s', async (_, bytes, why) => {
    const { texts, problems } = await soldOf({ 'a.zip': bytes });
    expect(texts).toEqual([]);
    expect(problems.get('a.zip')).toContain('products/bad-archive');
    expect(problems.get('a.zip')).toContain(why);
  });

  it('are refused by name: in an archive, torn, or far larger than chat gets', async () => {
    const nested = await soldOf({ 'a.zip': zipOf({ '2024-05-03.txt.gz': gzipSync(log) }) });
    expect(nested.problems.get('a.zip/2024-05-03.txt.gz')).toContain('another archive');
    const torn = await soldOf({ '2024-05-03.txt': gzipSync(log).subarray(0, 30) });
    expect(torn.problems.get('2024-05-03.txt')).toContain('gzip is damaged');
    const lines = Buffer.from('[09:01] <ann> packed\n'.repeat(2_000_000));
    expect((await soldOf({ '2024-05-03.txt': gzipSync(lines) })).problems.get('2024-05-03.txt')).toContain('far more');
  });
});

describe('JSON documents', () => {
  it('give the values at a path, however they are cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.jsonValue(),
        fc.integer({ min: 1, max: 40 }),
        (list, other, size) => {
          const bytes = Buffer.from(JSON.stringify({ other, deep: { list: [other], messages: [1] }, messages: list }));
          const values = createJsonValues(['$.messages.*']);
          const found = [];
          for (let at = 0; at < bytes.length; at += size) found.push(...values.write(bytes.subarray(at, at + size)));
          expect(found.map((item) => (item.kind === 'value' ? item.value : item.kind))).toEqual(
            JSON.parse(JSON.stringify(list)),
          );
          expect(values.isWhole()).toBe(true);
        },
      ),
    );
  });

  it('that are torn keep what was whole, and the rest is counted', () => {
    const values = createJsonValues(['$.messages.*']);
    expect(values.write(Buffer.from('{"messages":[{"a":1},{"b":'))).toMatchObject([{ value: { a: 1 } }]);
    expect(values.isWhole()).toBe(false);
  });

  it('hold no value in memory that is longer than any message', () => {
    const values = createJsonValues(['$.messages.*']);
    values.write(Buffer.from('{"image":"'));
    const megabyte = Buffer.alloc(2 ** 20, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 60; count += 1) values.write(Buffer.from(megabyte));
    values.write(Buffer.from('","messages":["'));
    for (let count = 0; count < 60; count += 1) values.write(Buffer.from(megabyte));
    expect(values.write(Buffer.from('","after"]}'))).toMatchObject([{ kind: 'too-long' }, { value: 'after' }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
  });

  it('of any content are read without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHAT_FORMATS), fc.jsonValue(), (format, value) => {
        if (format.unit !== 'json') return;
        const reader = format.open({ path: 'x.json', day: undefined });
        for (const path of format.paths) reader.foresee?.({ path, value });
        for (const path of format.paths) expect(reader.read({ path, value }).kind).not.toBe('message');
        reader.refusal?.();
      }),
    );
  });
});

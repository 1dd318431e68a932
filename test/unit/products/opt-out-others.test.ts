import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusOf, withFolder } from '../../support/product-maker.ts';

const START = 1_715_590_800;

function slack(user: string, at: number, text: string, more: object = {}): object {
  return { type: 'message', user, ts: `${START + at}.000100`, text, ...more };
}

function discord(...messages: readonly object[]): string {
  const all = messages.map((of) => ({ type: 'Default', timestamp: '2024-05-13T09:00:00+00:00', content: '', ...of }));
  return JSON.stringify({ guild: { id: '55' }, channel: { type: 'GuildTextChat', name: 'lab' }, messages: all });
}

function telegram(...messages: readonly object[]): string {
  const all = messages.map((of) => ({
    type: 'message',
    date: '2024-05-13T09:00:00',
    date_unixtime: `${START}`,
    ...of,
  }));
  return JSON.stringify({ name: 'Lab', type: 'public_supergroup', messages: all });
}

function matrix(...events: readonly object[]): string {
  const all = events.map((of, at) => ({
    type: 'm.room.message',
    event_id: `$${at}`,
    origin_server_ts: (START + at) * 1000,
    unsigned: { age: 1200 },
    ...of,
  }));
  return JSON.stringify({ room_name: 'Lab', messages: all });
}

function twitch(tags: string, login: string, rest: string): string {
  return `@${tags};room-id=5;tmi-sent-ts=${START}000 :${login}!${login}@${login}.tmi.twitch.tv ${rest}`;
}

function whatsapp(change: string): string {
  const lines = ['Ann: public', '+49 151 1234567: secret', change, '+49 152 7654321: secret', 'Bob: public'];
  return lines.map((line, at) => `13.05.24, 09:0${at} - ${line}\n`).join('');
}

const ann = { id: '1', name: 'annq', nickname: 'Annq' };
const carla = { id: '3', name: 'carla99', nickname: 'Zorah Quint' };
const pill = '<a href="https://matrix.to/#/@carla99:example.org">Zorah Quint</a>: public';
const replied = 'reply-parent-display-name=Zorah;reply-parent-user-id=3;reply-parent-user-login=carla99';
const gift = 'msg-param-recipient-display-name=Zorah;msg-param-recipient-id=3;msg-param-recipient-user-name=carla99';
const downloaded = { author: { id: '1', name: 'annq' }, message_type: 'text_message', timestamp: START * 1e6 };

/** Logs in which somebody is listed by one name and shown under another that only a line of somebody else's joins to it. */
const LOGS: readonly (readonly [what: string, listed: string, file: string, content: string])[] = [
  [
    'a mention on Discord',
    'carla99',
    'd.json',
    discord({ author: ann, content: 'public @Zorah Quint', mentions: [carla] }),
  ],
  [
    'a reaction on Discord',
    'carla99',
    'd.json',
    discord({ author: ann, content: 'public, Zorah Quint', reactions: [{ users: [carla] }] }),
  ],
  [
    'a command to a bot on Discord',
    'carla99',
    'd.json',
    discord(
      { author: { id: '9', name: 'bot', isBot: true }, interaction: { user: carla } },
      { author: ann, content: 'public, Zorah Quint' },
    ),
  ],
  [
    'a mention on Telegram',
    'user3',
    'result.json',
    telegram({ from: 'Ann', from_id: 'user1', text: ['public ', { type: 'mention_name', text: 'Zorah', user_id: 3 }] }),
  ],
  [
    'a forwarded message on Telegram',
    'user3',
    'result.json',
    telegram(
      { from: 'Ann', from_id: 'user1', text: 'secret', forwarded_from: 'Zorah Quint', forwarded_from_id: 'user3' },
      { from: 'Ann', from_id: 'user1', text: 'public, says Zorah Quint' },
    ),
  ],
  [
    'a reaction on Telegram',
    'user3',
    'result.json',
    telegram({
      from: 'Ann',
      from_id: 'user1',
      text: 'public, Zorah Quint',
      reactions: [{ type: 'emoji', count: 1, recent: [{ from: 'Zorah Quint', from_id: 'user3' }] }],
    }),
  ],
  [
    'a signature under a post on Telegram',
    'Zorah Quint',
    'result.json',
    telegram(
      { from: 'Lab', from_id: 'channel1', author: 'Zorah Quint', text: 'secret' },
      { from: 'Ann', from_id: 'user1', text: 'public' },
    ),
  ],
  [
    'a mention on Matrix',
    'carla99',
    'm.json',
    matrix({
      sender: '@ann:example.org',
      content: { msgtype: 'm.text', body: 'Zorah Quint: public', formatted_body: pill },
    }),
  ],
  [
    'the name before a change on Matrix',
    'Zorah Quint',
    'm.json',
    matrix(
      {
        type: 'm.room.member',
        sender: '@carla99:example.org',
        state_key: '@carla99:example.org',
        content: { displayname: 'Plumbat' },
        unsigned: { age: 1, prev_content: { displayname: 'Zorah Quint' } },
      },
      { sender: '@carla99:example.org', content: { msgtype: 'm.text', body: 'secret' } },
      { sender: '@ann:example.org', content: { msgtype: 'm.text', body: 'public, Plumbat' } },
    ),
  ],
  ['an answer on Twitch', 'carla99', 't.log', twitch(`user-id=1;${replied}`, 'annq', 'PRIVMSG #lab :public, Zorah')],
  [
    'a gift on Twitch',
    'carla99',
    't.log',
    [
      twitch(`user-id=1;login=annq;${gift}`, 'tmi', 'USERNOTICE #lab'),
      twitch('user-id=1', 'annq', 'PRIVMSG #lab :public, Zorah'),
    ].join('\n'),
  ],
  [
    'an answer in JSON lines',
    'carla99',
    'c.jsonl',
    JSON.stringify({
      timestamp: START,
      tags: { username: 'annq', 'reply-parent-display-name': 'Zorah', 'reply-parent-user-login': 'carla99' },
      message: 'public, Zorah',
    }),
  ],
  [
    'an answer in chat-downloader',
    'carla99',
    'c.json',
    JSON.stringify([
      {
        ...downloaded,
        message: 'public, Zorah',
        in_reply_to: { author: { id: '3', name: 'carla99', display_name: 'Zorah' } },
      },
    ]),
  ],
  ['a mention on Slack', 'U222', '2024-05-13.json', JSON.stringify([slack('U111', 1, 'public <@U222|zorah>, zorah')])],
  ...[
    '+49 151 1234567 changed to +49 152 7654321',
    '\u202a+49 151 1234567\u202c hat zu \u202a+49 152 7654321\u202c gewechselt.',
    '+49 151 1234567 cambió a +49 152 7654321',
  ].map((change) => ['a new number on WhatsApp', "'+49 151 1234567'", 'chat.txt', whatsapp(change)] as const),
];

describe('whoever opted out, where only the line of another tells a name of theirs', () => {
  it.each(LOGS)('is called nothing and says nothing: %s', async (_, listed, file, content) => {
    await withFolder(async (dir) => {
      const { days } = await (await corpusOf(dir, { 'corpus.yaml': `optOut: [${listed}]\n`, [file]: content })).scan();
      const sold = (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('').toLowerCase();
      expect(sold).toContain('public');
      for (const trace of ['secret', 'zorah', 'quint', 'plumbat', 'carla99', 'u222']) expect(sold).not.toContain(trace);
    });
  });

  it('says nothing on Slack under a name that only its own line tells, and not the list of people', async () => {
    await withFolder(async (dir) => {
      await mkdir(join(dir, 'logs', 'general'), { recursive: true });
      const said = [
        slack('U222', 1, 'secret', { user_profile: { display_name: 'zorah' } }),
        slack('U222', 2, 'secret', { user_profile: { display_name: 'plumbat' } }),
        slack('U111', 3, 'public, plumbat'),
      ];
      const corpus = await corpusOf(dir, {
        'corpus.yaml': 'optOut: [zorah]\n',
        'users.json': JSON.stringify([{ id: 'U222', name: 'carla99', profile: { display_name: 'plumbat' } }]),
        'channels.json': JSON.stringify([{ id: 'C12345678', name: 'general' }]),
        'general/2024-05-13.json': JSON.stringify(said),
      });
      const { days } = await corpus.scan();
      const texts = await Promise.all(days.map(({ path }) => readFile(path, 'utf8')));
      expect(texts.join('').match(/secret|public|plumbat/g)).toEqual(['public']);
    });
  });
});

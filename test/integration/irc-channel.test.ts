import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SWARM_CASEMAPPING } from '../../lib/core/nick.ts';
import { type ChannelConnection, connectChannel } from '../../lib/irc/connection.ts';
import type { ChannelOptions } from '../../lib/irc/connection-options.ts';
import { type IrcServer, startIrcServer } from '../../lib/local/irc-server/server.ts';
import { freePort } from '../support/free-port.ts';
import { CHANNEL, HOST, makeNgircd, noNgircd, rawClient, type ServerUnderTest, until } from '../support/irc.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const servers = [
  { name: 'the embedded server', skip: undefined, make: makeEmbedded },
  { name: 'ngircd', skip: noNgircd, make: makeNgircd },
];

async function makeEmbedded(): Promise<ServerUnderTest & { readonly cleanUp: () => Promise<void> }> {
  const port = await freePort();
  let server: IrcServer | undefined;
  const stop = async () => {
    await server?.close();
    server = undefined;
  };
  const start = async () => {
    server = await startIrcServer({ host: HOST, port });
  };
  return { port, start, stop, cleanUp: stop };
}

const open: ChannelConnection[] = [];
function seat(port: number, nick: string, more: Partial<ChannelOptions> = {}): ChannelConnection {
  const connection = connectChannel({
    host: HOST,
    port,
    nick,
    channel: CHANNEL,
    backoff: { minMs: 20, maxMs: 100 },
    timing: { retryMs: 50 },
    ...more,
  });
  open.push(connection);
  return connection;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});

describe.each(servers)('a seat in the channel on $name', ({ name, skip, make }) => {
  if (skip !== undefined) {
    it.skip(`is not tested against ${name}: ${skip}`, () => undefined);
    return;
  }
  let server: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    server = await make();
    await server.start();
  });
  afterAll(() => server.cleanUp());

  it('seats 24, and what one says the other 23 hear once, byte for byte', async () => {
    const seats = Array.from({ length: 24 }, (_, i) => seat(server.port, `kk-agent-number-${i}`));
    await Promise.all(seats.map((one) => one.joined(PATIENCE_MS)));
    await until('all see 24', () => seats.every((one) => one.roster().length === 24));
    expect(seats[0]?.casemapping()).toBe(SWARM_CASEMAPPING);
    const line = 'HAVE: raw-logs ×3 | 0.01 USDC | un día de charla 😀 | offer:aaaaaaaa';
    expect(seats[0]?.say(line)).toBe(true);
    await until('all heard it', () => seats.slice(1).every((one) => one.stats().heard === 1));
    for (const one of seats.slice(1)) {
      expect(one.drain().map(({ nick, text }) => ({ nick, text }))).toEqual([
        { nick: 'kk-agent-number-0', text: line },
      ]);
    }
    expect(seats[0]?.drain()).toEqual([]);
  });

  it('comes back by itself when the server does, and says what waited', async () => {
    const [a, b] = [seat(server.port, 'kk-a'), seat(server.port, 'kk-b')];
    await Promise.all([a.joined(PATIENCE_MS), b.joined(PATIENCE_MS)]);
    await server.stop();
    await until('both noticed', () => a.state() === 'connecting' && b.state() === 'connecting');
    expect(a.roster()).toEqual([]);
    await until('several attempts failed', () => a.stats().breaks >= 3);
    expect(a.say('STATUS: said while nobody was there')).toBe(true);
    await server.start();
    await Promise.all([a.joined(PATIENCE_MS), b.joined(PATIENCE_MS)]);
    await until('both are back', () => a.stats().joins === 2 && b.stats().joins === 2);
    a.say('STATUS: back again');
    await until('it is heard', () => b.drain().some(({ text }) => text === 'STATUS: back again'));
  });

  it('joins although the first attempts fail', async () => {
    await server.stop();
    const early = seat(server.port, 'kk-early');
    await until('attempts failed', () => early.stats().breaks >= 2);
    await expect(early.joined(1)).rejects.toMatchObject({ code: 'irc/not-joined', disposition: 'wait' });
    await server.start();
    await early.joined(PATIENCE_MS);
    expect(early.state()).toBe('joined');
  });

  it('takes another nick while its own is taken, and its own as soon as it is free', async () => {
    const squatter = await rawClient(server.port, 'kk-mine');
    squatter.send(`JOIN ${CHANNEL}`);
    await squatter.expect(/ 366 /);
    const one = seat(server.port, 'kk-mine');
    await one.joined(PATIENCE_MS);
    expect(one.nick()).toBe('kk-mine_');
    squatter.send('QUIT :done');
    await until('the nick is regained', () => one.nick() === 'kk-mine');
    await until('the roster agrees', () => one.roster().join() === 'kk-mine');
    squatter.end();
  });

  it('hears text without colours and controls, and neither notices nor CTCP nor private words', async () => {
    const one = seat(server.port, 'kk-ears');
    await one.joined(PATIENCE_MS);
    const raw = await rawClient(server.port, 'loud');
    raw.send(
      `JOIN ${CHANNEL}`,
      `NOTICE ${CHANNEL} :kk-ears: status`,
      `PRIVMSG ${CHANNEL} :\x01VERSION\x01`,
      `PRIVMSG ${CHANNEL} :\x01ACTION kk-ears: price?\x01`,
      'PRIVMSG kk-ears :status',
      `PRIVMSG ${CHANNEL} :\x02bold\x02 \x0304,05red\x03 \x1b[31mescape\u202e`,
    );
    await until('the line is heard', () => one.stats().heard > 0);
    expect(one.drain().map(({ text }) => text)).toEqual(['bold red [31mescape']);
    expect(raw.lines.some((line) => line.includes('VERSION irc-framework'))).toBe(false);
    raw.end();
  });

  it('keeps its line one line, whatever it is made to say', async () => {
    const [a, b] = [seat(server.port, 'kk-a'), seat(server.port, 'kk-b')];
    await Promise.all([a.joined(PATIENCE_MS), b.joined(PATIENCE_MS)]);
    expect(a.say('hello\r\nQUIT :gone\0')).toBe(true);
    expect(a.say(`${'é'.repeat(600)}`)).toBe(true);
    await until('both lines are heard', () => b.stats().heard === 2);
    expect(b.drain().map(({ text }) => text)).toEqual(['hello QUIT :gone', 'é'.repeat(200)]);
    expect(a.state()).toBe('joined');
  });

  it('speaks at its pace, drops what it said lately, and counts it', async () => {
    const slow = seat(server.port, 'kk-slow', { outbox: { burst: 3, everyMs: 60_000, capacity: 2 } });
    const ears = seat(server.port, 'kk-ears');
    await Promise.all([slow.joined(PATIENCE_MS), ears.joined(PATIENCE_MS)]);
    expect(slow.say('Same thing!')).toBe(true);
    expect(slow.say('same   thing')).toBe(false);
    for (const text of ['one', 'two', 'three', 'four', 'five']) slow.say(text);
    await until('three are heard', () => ears.stats().heard === 3);
    expect(slow.stats()).toMatchObject({ said: 3, duplicates: 1, overflowed: 1 });
  });

  it('ends at once when told, and for good', async () => {
    const one = seat(server.port, 'kk-brief');
    const witness = await rawClient(server.port, 'witness');
    await one.joined(PATIENCE_MS);
    witness.send(`JOIN ${CHANNEL}`);
    await witness.expect(/ 366 /);
    await one.close('that was it');
    expect(await witness.expect(/ QUIT /)).toContain('that was it');
    expect([one.state(), one.say('more'), one.roster().length]).toEqual(['closed', false, 0]);
    await expect(one.joined(1000)).rejects.toMatchObject({ code: 'irc/not-joined' });
    witness.end();
  });

  it('ends by a signal, also while it waits to try again', async () => {
    const stop = new AbortController();
    const one = seat(await freePort(), 'kk-lost', { signal: stop.signal, backoff: { minMs: 60_000, maxMs: 60_000 } });
    await until('it failed once', () => one.stats().breaks === 1);
    stop.abort();
    expect(one.state()).toBe('closed');
  });
});

describe('options of a seat', () => {
  it.each([
    [{ nick: 'two words' }, /is not a nick/],
    [{ channel: '#a,b' }, /is not a channel/],
    [{ port: 70_000 }, /is not a port/],
    [{ host: '' }, /is not a host/],
  ])('refuses %o', (wrong, message) => {
    const bad = () => connectChannel({ host: HOST, port: 6667, nick: 'kk-a', channel: CHANNEL, ...wrong });
    expect(bad).toThrowError(message);
  });
});

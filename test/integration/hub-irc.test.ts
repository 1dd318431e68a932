import { execFile } from 'node:child_process';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ChannelConnection, connectChannel } from '../../lib/irc/connection.ts';
import { makeFolder } from '../support/git.ts';
import { anAccount, passwordOf, startTestHub, type TestHub } from '../support/hub.ts';
import { CHANNEL, noNgircd, until } from '../support/irc.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;

suite(`the channel behind the hub's gate${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  const cleanUps: (() => unknown)[] = [];

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, [
      await anAccount('kk-a'),
      await anAccount('kk-b'),
      await anAccount('kk-ops', 'ops'),
      await anAccount('ana', 'person', 'Ana'),
    ]);
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  function join(account: string, nick = account, password = passwordOf(account)): ChannelConnection {
    const connection = connectChannel({
      host: 'localhost',
      port: hub.hub.ircPort,
      tls: { ca: hub.ca },
      nick,
      channel: CHANNEL,
      sasl: { account, password },
      backoff: { minMs: 20, maxMs: 100 },
    });
    cleanUps.push(() => connection.close());
    return connection;
  }

  interface Raw {
    readonly socket: TLSSocket;
    readonly heard: () => string;
    readonly isClosed: () => boolean;
    readonly send: (text: string) => void;
  }

  /** A client that sends what it likes. */
  async function raw(): Promise<Raw> {
    const socket = connect({ host: 'localhost', port: hub.hub.ircPort, ca: hub.ca });
    let heard = '';
    let isClosed = false;
    socket.on('data', (part: Buffer) => {
      heard += part.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      isClosed = true;
    });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    cleanUps.push(() => socket.destroy());
    return { socket, heard: () => heard, isClosed: () => isClosed, send: (text) => void socket.write(text, 'latin1') };
  }

  async function rawSignedIn(account: string, nick = account): Promise<Raw> {
    const client = await raw();
    const plain = Buffer.from(`\0${account}\0${passwordOf(account)}`).toString('base64');
    client.send(`CAP LS 302\r\nCAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\n`);
    await until('the gate asks for the password', () => client.heard().includes('AUTHENTICATE +'));
    client.send(`AUTHENTICATE ${plain}\r\nNICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nCAP END\r\n`);
    return client;
  }

  it('lets accounts in with the project’s own client, and each hears the other', async () => {
    const [a, b] = [join('kk-a'), join('kk-b')];
    await Promise.all([a.joined(PATIENCE_MS), b.joined(PATIENCE_MS)]);
    await until('both are seen', () => a.roster().length === 2 && b.roster().length === 2);
    a.say('HAVE: raw-logs ×3');
    await until('b heard it', () => b.stats().heard === 1);
    expect(b.drain()).toMatchObject([{ nick: 'kk-a', text: 'HAVE: raw-logs ×3' }]);
  });

  it('lets nobody in without SASL, with a wrong password, or as another account', async () => {
    const client = await raw();
    client.send('NICK kk-a\r\nUSER kk-a 0 * :kk-a\r\n');
    await until('it is put out', () => client.isClosed());
    expect(client.heard()).toContain('Sign in with SASL PLAIN first');

    const wrong = join('kk-a', 'kk-a', 'not the password at all');
    await until('it is put out', () => wrong.stats().breaks > 0);
    expect(wrong.state()).not.toBe('joined');

    const other = await raw();
    const plain = Buffer.from(`kk-b\0kk-a\0${passwordOf('kk-a')}`).toString('base64');
    other.send(`CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE ${plain}\r\n`);
    await until('it is refused', () => other.heard().includes(' 904 '));
  });

  it('keeps a nick to its account, when signing on and later', async () => {
    const b = join('kk-b');
    await b.joined(PATIENCE_MS);
    const thief = await rawSignedIn('kk-a', 'kk-b');
    await until('the nick is refused', () => thief.heard().includes(' 432 '));
    expect(thief.heard()).toContain('does not belong to kk-a');
    thief.send('NICK kk-a\r\n');
    await until('it is in under its own', () => thief.heard().includes(' 001 kk-a '));
    thief.send(`NICK kk-b\r\nJOIN ${CHANNEL}\r\n`);
    await until('it is in the channel', () => thief.heard().includes(' 366 '));
    expect(thief.heard().split(' 432 ')).toHaveLength(3);
    await until('b sees it', () => b.roster().includes('kk-a'));
    expect(b.nick()).toBe('kk-b');
  });

  it('lets ops bear several nicks, and a person the one of the account', async () => {
    const [one, two, ana] = [join('kk-ops'), join('kk-ops', 'ops-probe'), join('ana', 'Ana')];
    await Promise.all([one, two, ana].map((connection) => connection.joined(PATIENCE_MS)));
    await until('all are there', () => ana.roster().length === 3);
    expect([...ana.roster()].sort()).toEqual(['Ana', 'kk-ops', 'ops-probe']);
  });

  it('gives the nick to the newer connection of the same account', async () => {
    const older = await rawSignedIn('kk-a');
    await until('it is in', () => older.heard().includes(' 001 '));
    const newer = await rawSignedIn('kk-a');
    await until('the newer is in', () => newer.heard().includes(' 001 kk-a '));
    await until('the older is out', () => older.isClosed());
    expect(older.heard()).toContain('A newer connection has taken your place');
  });

  it('passes no line that is hidden in another, nor what operators say', async () => {
    const b = join('kk-b');
    await b.joined(PATIENCE_MS);
    const client = await rawSignedIn('kk-a');
    await until('it is in', () => client.heard().includes(' 001 '));
    client.send(`JOIN ${CHANNEL}\r\n`);
    await until('it is in the channel', () => client.heard().includes(' 366 '));
    client.send(`:kk-b!x@y PRIVMSG ${CHANNEL} :first\rOPER root root\n@a=b DIE\r\nPRIVMSG ${CHANNEL} :nul\0l\r\n`);
    client.send(`PRIVMSG ${CHANNEL} :${'x'.repeat(600)}\r\nPRIVMSG ${CHANNEL} :last\r\n`);
    await until('the last one came through', () => b.stats().heard === 2);
    expect(b.drain()).toMatchObject([
      { nick: 'kk-a', text: 'first' },
      { nick: 'kk-a', text: 'last' },
    ]);
    expect(client.heard()).toContain(' 421 kk-a OPER :');
    expect(client.heard()).toContain(' 421 kk-a DIE :');
    expect(client.heard()).toContain(' 417 kk-a :');
  });

  it('has one channel, and no account can make or enter another', async () => {
    const b = join('kk-b');
    await b.joined(PATIENCE_MS);
    const client = await rawSignedIn('kk-a');
    await until('it is in', () => client.heard().includes(' 001 '));
    for (const other of ['#x', '&x', '+x', '!x', '&SERVER']) client.send(`JOIN ${other}\r\n`);
    client.send(`INVITE kk-a &SERVER\r\nJOIN &SERVER\r\nJOIN ${CHANNEL},#y 0\r\nJOIN ${CHANNEL}\r\nLIST\r\n`);
    await until('the channels are listed', () => client.heard().includes(' 323 '));
    const listed = [...client.heard().matchAll(/ 322 kk-a (\S+) /g)].map(([, name]) => name);
    expect(listed).toEqual([CHANNEL]);
    expect([...client.heard().matchAll(/ JOIN :?(\S+)/g)].map(([, name]) => name)).toEqual([CHANNEL]);
  });

  it('slows down who floods, and the others go on hearing each other', async () => {
    const [b, ana] = [join('kk-b'), join('ana', 'Ana')];
    await Promise.all([b.joined(PATIENCE_MS), ana.joined(PATIENCE_MS)]);
    const flood = await rawSignedIn('kk-a');
    await until('it is in', () => flood.heard().includes(' 001 '));
    flood.send(`JOIN ${CHANNEL}\r\n${`PRIVMSG ${CHANNEL} :spam\r\n`.repeat(5000)}`);
    await until('some of it came', () => b.stats().heard > 10);
    ana.say('is anybody there?');
    await until('it is heard', () => b.drain().some(({ nick }) => nick === 'Ana'));
    expect(b.stats().heard).toBeLessThan(2000);
  });

  it('holds no endless line, and no connection that never signs on', async () => {
    const endless = await raw();
    endless.send('x'.repeat(20_000));
    await until('it is put out', () => endless.isClosed());
    const silent = await raw();
    await until('it is put out', () => silent.isClosed(), 60_000);
  });

  it('comes back when the server behind it dies', async () => {
    const a = join('kk-a');
    await a.joined(PATIENCE_MS);
    const { pid } = await ngircdOf(hub.state);
    process.kill(pid, 'SIGKILL');
    await until('it noticed', () => a.stats().breaks > 0);
    await a.joined(PATIENCE_MS);
    expect(hub.log.join('\n')).toContain('ngircd ended (SIGKILL)');
  });

  it('puts out whose account is gone or has another password', async () => {
    const [a, b] = [join('kk-a'), join('kk-b')];
    await Promise.all([a.joined(PATIENCE_MS), b.joined(PATIENCE_MS)]);
    await hub.setAccounts([await anAccount('kk-a')]);
    await until('b is out', () => b.stats().breaks > 0);
    expect(a.stats().breaks).toBe(0);
    expect(a.state()).toBe('joined');
  });
});

/** The process of the ngircd whose configuration lies in a hub's state folder. */
function ngircdOf(state: string): Promise<{ readonly pid: number }> {
  return new Promise((resolve, reject) => {
    execFile('pgrep', ['-f', `ngircd -n -f ${state}`], (error, stdout) => {
      if (error === null) resolve({ pid: Number(stdout.trim().split('\n')[0]) });
      else reject(error);
    });
  });
}

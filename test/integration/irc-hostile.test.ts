import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChannelConnection, connectChannel } from '../../lib/irc/connection.ts';
import type { ChannelOptions } from '../../lib/irc/connection-options.ts';
import { startIrcServer } from '../../lib/local/irc-server/server.ts';
import { CHANNEL, HOST, until } from '../support/irc.ts';

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A server that does with each socket what the test says. Returns its port. */
async function serverThat(
  serve: (socket: Socket) => void,
  make = (handler: (socket: Socket) => void): Server => createServer(handler),
) {
  const sockets = new Set<Socket>();
  const server = make((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function seat(port: number, more: Partial<ChannelOptions> = {}): ChannelConnection {
  const connection = connectChannel({
    host: HOST,
    port,
    nick: 'kk-a',
    channel: CHANNEL,
    backoff: { minMs: 20, maxMs: 100 },
    ...more,
  });
  cleanUps.push(() => connection.close());
  return connection;
}

/** Says what a server says to let a client in. */
const WELCOME = `:s 001 kk-a :hi\r\n:kk-a!a@h JOIN ${CHANNEL}\r\n:s 353 kk-a = ${CHANNEL} :kk-a\r\n:s 366 kk-a ${CHANNEL} :end\r\n`;

describe('a seat in the channel of a hostile or broken server', () => {
  it('stands lines without parameters, without sense and without end', async () => {
    const commands = [
      'PRIVMSG',
      'NOTICE',
      'JOIN',
      'PART',
      'KICK',
      'QUIT',
      'NICK',
      'MODE',
      'TOPIC',
      'CAP',
      'CAP * LS',
      'CAP * ACK',
      'BATCH',
      'AUTHENTICATE',
      'PING',
      'PONG',
      'ERROR',
      'WALLOPS',
      'TAGMSG',
      'INVITE',
      'ACCOUNT',
      '@',
      '@batch=x',
      ':',
      '::',
      '',
    ];
    const numerics = Array.from({ length: 999 }, (_, i) => String(i + 1).padStart(3, '0')).filter(
      (n) => n !== '001' && n !== '432' && n !== '433',
    );
    const port = await serverThat((socket) => {
      socket.write(WELCOME);
      for (const one of [...commands, ...numerics])
        socket.write(`${one}\r\n:x ${one}\r\n:kk-b!b@h ${one}\r\n:s ${one} kk-a\r\n`);
      socket.write(Buffer.alloc(3_000_000, 0xff));
      socket.write(`\r\n:kk-b!b@h PRIVMSG ${CHANNEL} :still here\r\n`);
    });
    const one = seat(port);
    const heard: string[] = [];
    await until('the line after the storm is heard', () => {
      heard.push(...one.drain().map(({ text }) => text));
      return heard.includes('still here');
    });
    expect(one.stats().breaks).toBe(0);
  });

  it('gives up a server that accepts and says nothing, and tries again', async () => {
    let visits = 0;
    const port = await serverThat(() => {
      visits += 1;
    });
    const one = seat(port, { timing: { pingTimeoutMs: 100 } });
    await until('it came back', () => visits >= 3);
    expect(one.stats().lastBreak).toContain('no answer from the server');
  });

  it('gives up a server that falls silent after the join', async () => {
    let visits = 0;
    const port = await serverThat((socket) => {
      visits += 1;
      socket.write(WELCOME);
    });
    const one = seat(port, { timing: { pingIntervalMs: 30, pingTimeoutMs: 150 } });
    await one.joined(5000);
    await until('it came back', () => visits >= 2);
    await one.joined(5000);
  });

  it('stops asking for nicks that are all refused, and comes back later', async () => {
    let asked = 0;
    let visits = 0;
    const port = await serverThat((socket) => {
      visits += 1;
      socket.on('data', (data) => {
        for (const _ of String(data).matchAll(/^NICK /gm)) {
          asked += 1;
          socket.write(':s 433 * x :in use\r\n');
        }
      });
    });
    const one = seat(port);
    await until('it came back', () => visits >= 2);
    expect(asked / visits).toBeLessThan(60);
    expect(one.stats().lastBreak).toContain('accepts no nick');
  });

  it.each(['432', '433', '437'])('takes another nick where its own is refused with %s', async (refusal) => {
    const port = await serverThat((socket) => {
      let nick = '';
      socket.on('data', (data) => {
        for (const [, asked = ''] of String(data).matchAll(/^NICK :?(\S+)/gm)) nick = asked;
        if (nick === 'kk-abcdefgh') socket.write(`:s ${refusal} * ${nick} :not now\r\n`);
        else socket.write(WELCOME.replaceAll('kk-a', nick));
      });
    });
    const one = seat(port, { nick: 'kk-abcdefgh' });
    await one.joined(5000);
    expect(one.nick()).toMatch(/^kk-abcd/);
  });

  it('asks again for a channel that does not let it in, and rejoins after a kick', async () => {
    let joins = 0;
    const port = await serverThat((socket) => {
      socket.write(':s 001 kk-a :hi\r\n');
      socket.on('data', (data) => {
        for (const _ of String(data).matchAll(/^JOIN /gm)) {
          joins += 1;
          if (joins === 1) socket.write(`:s 474 kk-a ${CHANNEL} :banned\r\n`);
          else if (joins === 2)
            socket.write(`${WELCOME.slice(WELCOME.indexOf('\n') + 1)}:op!o@h KICK ${CHANNEL} kk-a :out\r\n`);
          else socket.write(WELCOME.slice(WELCOME.indexOf('\n') + 1));
        }
      });
    });
    const one = seat(port, { timing: { retryMs: 30 } });
    await until('it joined twice', () => one.stats().joins === 2);
    expect([one.stats().breaks, one.state()]).toEqual([0, 'joined']);
  });

  it('says nothing of its password when SASL is not wanted or the way is not safe', async () => {
    const said: string[] = [];
    const port = await serverThat((socket) => {
      socket.write(':s CAP * LS :sasl=PLAIN\r\n');
      socket.on('data', (data) => {
        said.push(String(data));
        if (/CAP REQ/.test(String(data))) socket.write(':s CAP kk-a ACK :sasl\r\n');
        if (/AUTHENTICATE PLAIN/.test(String(data))) socket.write('AUTHENTICATE +\r\n');
        if (/AUTHENTICATE [A-Za-z0-9]{8}/.test(String(data))) socket.write(':s 903 kk-a :ok\r\n');
        if (/CAP END/.test(String(data))) socket.write(WELCOME);
      });
    });
    const sasl = { account: 'kk-a', password: 'open sesame' };
    await seat(port).joined(5000);
    expect(said.join('')).not.toContain('AUTHENTICATE');
    const logged: string[] = [];
    await seat(port, { sasl, log: (message) => logged.push(message) }).joined(5000);
    const encoded = /AUTHENTICATE ([A-Za-z0-9+/=]{8,})/.exec(said.join(''))?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString()).toBe('kk-a\0kk-a\0open sesame');
    expect(logged.join('\n')).not.toMatch(/sesame/);
    const far = { host: 'irc.example.net', signal: AbortSignal.abort() };
    seat(port, { ...far, sasl, log: (message) => logged.push(message) });
    expect(logged.join('\n')).toContain('SASL is left out');
  });
});

const openssl = findOpenssl();

describe('a seat in the channel over TLS', () => {
  it.skipIf(openssl === undefined)(
    'joins a server whose certificate it trusts, and no other (needs openssl)',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kk-tls-'));
      cleanUps.push(() => rm(folder, { recursive: true, force: true }));
      const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-keyout',
          keyFile,
          '-out',
          certFile,
          ...subject,
        ],
        { stdio: 'ignore' },
      );
      const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
      const plain = await startIrcServer({ host: HOST, port: 0 });
      cleanUps.push(() => plain.close());
      const port = await serverThat(
        (socket) => {
          const inner = connect({ host: HOST, port: plain.port });
          inner.on('error', () => undefined);
          socket.pipe(inner).pipe(socket);
          socket.on('close', () => inner.destroy());
        },
        (handler) => createTlsServer({ key, cert }, handler),
      );
      const trusting = seat(port, { host: 'localhost', tls: { ca: cert } });
      await trusting.joined(5000);
      const wary = seat(port, { host: 'localhost', tls: true, nick: 'kk-b' });
      await until('it refused', () => wary.stats().breaks >= 1);
      expect(wary.stats().lastBreak).toMatch(/self.signed/);
      const misled = seat(port, { host: HOST, tls: { ca: cert }, nick: 'kk-c' });
      await until('it refused', () => misled.stats().breaks >= 1);
      expect(misled.stats().lastBreak).toMatch(/does not match certificate|altnames/);
      expect([wary.stats().joins, misled.stats().joins]).toEqual([0, 0]);
    },
  );
});

function findOpenssl(): string | undefined {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

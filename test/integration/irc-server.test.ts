import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type IrcServer, type IrcServerOptions, startIrcServer } from '../../lib/local/irc-server/server.ts';
import { CHANNEL, HOST, type RawClient, rawClient, until } from '../support/irc.ts';

let server: IrcServer | undefined;
const clients: RawClient[] = [];

async function start(options: Partial<IrcServerOptions> = {}): Promise<IrcServer> {
  server = await startIrcServer({ host: HOST, port: 0, channelTopic: 'Se compra · se vende', ...options });
  return server;
}

async function client(nick?: string): Promise<RawClient> {
  const one = await rawClient(server?.port ?? 0, nick);
  clients.push(one);
  return one;
}

afterEach(async () => {
  for (const one of clients.splice(0)) one.end();
  await server?.close();
  server = undefined;
});

describe('the embedded IRC server', () => {
  it('registers a client with what it supports, also through capability negotiation', async () => {
    await start();
    const one = await client();
    one.send('CAP LS 302', 'NICK ana', 'USER ana 0 * :Ana', 'CAP REQ :multi-prefix sasl', 'CAP END');
    await one.expect(/ CAP \* LS :$/);
    await one.expect(/ CAP ana NAK :multi-prefix sasl$/);
    await one.expect(/ 001 ana :/);
    expect(await one.expect(/ 005 /)).toContain('NICKLEN=32');
    await one.expect(/ 376 ana /);
  });

  it('answers what common clients ask', async () => {
    await start();
    const [ana, bob] = [await client('ana'), await client('bob')];
    ana.send(`JOIN ${CHANNEL}`);
    const topic = await ana.expect(/ 332 /);
    expect(Buffer.from(topic, 'latin1').toString('utf8')).toContain('Se compra · se vende');
    await ana.expect(/ 366 ana #karmakadabra/);
    bob.send('JOIN #Karmakadabra');
    expect(await bob.expect(/ 353 bob = /)).toMatch(/:ana bob$/);
    await ana.expect(/^:bob!~bob@localhost JOIN #karmakadabra$/);
    const asked: readonly (readonly [string, RegExp])[] = [
      [`MODE ${CHANNEL}`, / 324 ana #karmakadabra \+nt$/],
      [`MODE ${CHANNEL} b`, / 368 /],
      ['MODE ana', / 221 ana \+i$/],
      [`MODE ${CHANNEL} +o ana`, / 482 /],
      [`WHO ${CHANNEL}`, / 352 ana #karmakadabra ~bob localhost \S+ bob H :0 bob$/],
      ['WHOIS bob', / 311 ana bob ~bob localhost \* :bob$/],
      ['WHOIS nobody', / 401 /],
      ['ISON bob nobody ana', / 303 ana :bob ana$/],
      ['USERHOST bob', / 302 ana :bob=\+~bob@localhost$/],
      ['LIST', / 322 ana #karmakadabra 2 :/],
      ['NAMES #nowhere', / 366 ana #nowhere /],
      ['TOPIC #karmakadabra', / 332 /],
      ['TOPIC #karmakadabra :mine', / 482 /],
      ['AWAY :lunch', / 306 /],
      ['AWAY', / 305 /],
      ['PING tok', / PONG irc\.karmakadabra\.local :tok$/],
      ['VERSION', / 351 /],
      ['TIME', / 391 /],
      ['LUSERS', / 251 ana :There are 2 users/],
      ['WHOWAS x', / 369 /],
      ['FROB x', / 421 ana FROB /],
      ['USER x 0 * :x', / 462 /],
      ['NICK bob', / 433 ana bob /],
      ['NICK 1bad', / 432 /],
      ['NICK', / 431 /],
      ['JOIN', / 461 ana JOIN /],
      ['JOIN bad', / 403 /],
      ['PRIVMSG', / 411 /],
      ['PRIVMSG bob', / 412 /],
      ['PRIVMSG nobody :x', / 401 /],
      ['PRIVMSG #nowhere :x', / 403 /],
      ['PART #nowhere', / 403 /],
    ];
    for (const [line, answer] of asked) {
      ana.send(line);
      await ana.expect(answer);
    }
    ana.send('NICK ANA');
    await bob.expect(/^:ana!~ana@localhost NICK :ANA$/);
    ana.send('PART #karmakadabra :bye');
    await bob.expect(/^:ANA!~ana@localhost PART #karmakadabra :bye$/);
    ana.send('PRIVMSG #karmakadabra :from outside');
    await ana.expect(/ 404 /);
  });

  it('refuses commands before registration, and drops who never registers', async () => {
    await start({ limits: { registrationMs: 200 } });
    const one = await client();
    one.send(`JOIN ${CHANNEL}`);
    await one.expect(/ 451 \* :/);
    await one.expect(/^ERROR :.*Registration timed out/);
    await until('it is closed', one.closed);
  });

  it('lets no web page speak through the browser of its reader', async () => {
    await start();
    const ana = await client('ana');
    ana.send(`JOIN ${CHANNEL}`);
    await ana.expect(/ 366 ana /);
    for (const method of ['POST', 'GET', `POST /${'x'.repeat(2000)}`]) {
      const page = await client();
      page.send(`${method} / HTTP/1.1`, 'Host: evil.example', '', 'NICK eve', 'USER eve 0 * :Eve', `JOIN ${CHANNEL}`);
      await page.expect(/^ERROR .*not a web server/);
    }
    ana.send('NAMES #karmakadabra');
    expect(await ana.expect(/ 353 ana /)).toMatch(/:ana$/);
  });

  it('passes bytes on unchanged, UTF-8 or not, and cuts what does not fit', async () => {
    await start();
    const [ana, bob] = [await client('ana'), await client('bob')];
    ana.send(`JOIN ${CHANNEL}`);
    await ana.expect(/ 366 /);
    bob.send(`JOIN ${CHANNEL}`);
    await bob.expect(/ 366 /);
    ana.write(
      Buffer.concat([Buffer.from(`PRIVMSG ${CHANNEL} :`), Buffer.from([0xff, 0xfe, 0x80, 0xc3]), Buffer.from('\r\n')]),
    );
    expect(await bob.expect(/PRIVMSG/)).toMatch(/:\xff\xfe\x80\xc3$/);
    ana.send(`PRIVMSG ${CHANNEL} :${'é'.repeat(240)}`);
    const cut = await bob.expect(/PRIVMSG/);
    expect(cut.length).toBeLessThanOrEqual(510);
    expect(Buffer.from(cut, 'latin1').toString('utf8')).not.toContain('\ufffd');
  });

  it('refuses a line of more than 512 bytes, up to megabytes, and goes on', async () => {
    await start();
    const ana = await client('ana');
    ana.send(`PRIVMSG ana :${'x'.repeat(600)}`);
    await ana.expect(/ 417 /);
    ana.write(Buffer.concat([Buffer.alloc(5_000_000, 'x'), Buffer.from('\r\nPING after\r\n')]));
    await ana.expect(/ 417 /);
    await ana.expect(/ PONG .*:after$/);
  });

  it('survives anything at all on its socket', async () => {
    await start({ limits: { burstLines: 100_000, linesPerSecond: 100_000 } });
    const witness = await client('witness');
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary', maxLength: 600 }),
            fc
              .tuple(
                fc.constantFrom(
                  'NICK',
                  'USER a 0 *',
                  'JOIN',
                  'PART',
                  'PRIVMSG',
                  'NOTICE',
                  'MODE',
                  'WHO',
                  'WHOIS',
                  'CAP',
                  'TOPIC',
                  'NAMES',
                  'ISON',
                  'AWAY',
                ),
                fc.string({ unit: 'binary', maxLength: 200 }),
              )
              .map((parts) => parts.join(' ')),
          ),
          { maxLength: 20 },
        ),
        fc.boolean(),
        async (lines, registered) => {
          const one = await rawClient(server?.port ?? 0, registered ? 'fuzz' : undefined);
          one.send(...lines, 'QUIT');
          await until('it is gone', one.closed);
          witness.send('PING here');
          await witness.expect(/ PONG .*:here$/);
        },
      ),
      { numRuns: 60 },
    );
    expect(witness.lines.every((line) => line.length <= 510)).toBe(true);
  });

  it('slows a flood down and lets others speak meanwhile', async () => {
    await start({ limits: { burstLines: 5, linesPerSecond: 50 } });
    const [flood, ana] = [await client('flood'), await client('ana')];
    flood.send(...Array.from({ length: 40 }, (_, i) => `PRIVMSG ana :${i}`));
    ana.send('PING first');
    await ana.expect(/ PONG .*:first$/);
    expect(ana.lines.filter((line) => line.includes('PRIVMSG')).length).toBeLessThan(40);
    await ana.expect(/PRIVMSG ana :39$/);
  });

  it('drops a client that reads nothing and keeps its memory', async () => {
    await start({ limits: { sendQueueBytes: 64 * 1024, burstLines: 1e6, linesPerSecond: 1e6 } });
    const [deaf, loud] = [await client('deaf'), await client('loud')];
    deaf.socket.pause();
    const line = `PRIVMSG deaf :${'x'.repeat(400)}`;
    const shout = setInterval(() => loud.send(...Array.from({ length: 2000 }, () => line)), 5);
    try {
      await until('the deaf one is dropped', () => server?.stats().clients === 1);
    } finally {
      clearInterval(shout);
    }
  });

  it('asks a silent client and drops one that does not answer', async () => {
    await start({ limits: { pingMs: 100 } });
    const alive = await client('alive');
    const dead = await client('dead');
    await dead.expect(/^PING/);
    dead.socket.removeAllListeners('data');
    dead.socket.resume();
    await until('only one is left', () => server?.stats().clients === 1);
    expect(alive.closed()).toBe(false);
  });

  it('is full at its limit and takes the next when one leaves', async () => {
    await start({ maxClients: 1 });
    const first = await client('first');
    const second = await client();
    await second.expect(/^ERROR :.*full/);
    first.send('QUIT');
    await until('the first is gone', () => server?.stats().clients === 0);
    await client('third');
  });

  it('names the port that is in use, and what to do', async () => {
    const { port } = await start();
    await expect(startIrcServer({ host: HOST, port })).rejects.toMatchObject({
      code: 'local/port-in-use',
      disposition: 'stop',
      message: expect.stringContaining(String(port)),
      next: expect.stringContaining('--irc-port'),
    });
  });

  it('says goodbye and frees the port when it closes', async () => {
    const { port, close } = await start();
    const ana = await client('ana');
    await close();
    await ana.expect(/^ERROR :.*stopping/);
    await until('it is closed', ana.closed);
    await start({ port });
  });
});

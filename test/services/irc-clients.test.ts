import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseQuestion } from '../../lib/conversation/question.ts';
import { formatReply } from '../../lib/conversation/reply.ts';
import type { Announcement } from '../../lib/core/channel.ts';
import { connectChannel } from '../../lib/irc/connection.ts';
import { formatAnnouncement } from '../../lib/irc/format.ts';
import { startIrcServer } from '../../lib/local/irc-server/server.ts';
import { CHANNEL, HOST, until } from '../support/irc.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const id = (digit: string) => `0x${digit.repeat(64)}` as const;
const product = 'raw-logs';
const announced: readonly Announcement[] = [
  { type: 'have', product, count: 3, priceAtomic: 10_000n, title: 'Un día de charla', offer: id('a') },
  { type: 'need', product, maxPriceAtomic: 20_000n, why: 'to learn', need: id('b') },
  { type: 'deal', buyer: 'kk-x4rlz', seller: 'kk-karma-hello', product, priceAtomic: 10_000n, trade: id('c') },
];

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const missing = ['irssi', 'tmux'].filter((program) => !isInstalled(program));

describe('a person with irssi', () => {
  it('joins the embedded server, sees HAVE, NEED and DEAL, asks and gets an answer', async (context) => {
    if (missing.length > 0) return context.skip(`not installed: ${missing.join(', ')} (apt-get install irssi tmux)`);
    const home = await mkdtemp(join(tmpdir(), 'kk-irssi-'));
    cleanUps.push(() => rm(home, { recursive: true, force: true }));
    const server = await startIrcServer({ host: HOST, port: 0, channelTopic: 'Data for USDC' });
    cleanUps.push(() => server.close());
    const agent = connectChannel({ host: HOST, port: server.port, nick: 'kk-karma-hello', channel: CHANNEL });
    cleanUps.push(() => agent.close());
    await agent.joined(PATIENCE_MS);

    const socket = join(home, 'tmux');
    const tmux = (...args: readonly string[]) =>
      execFileSync('tmux', ['-u', '-S', socket, '-f', '/dev/null', ...args], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'screen', LANG: 'C.UTF-8' },
      });
    tmux('new-session', '-d', '-x', '120', '-y', '40', `irssi --home=${home} -c ${HOST} -p ${server.port} -n visitor`);
    cleanUps.push(() => tmux('kill-server'));
    const screen = () => tmux('capture-pane', '-p');
    const type = (line: string) => {
      tmux('send-keys', '-l', line);
      tmux('send-keys', 'Enter');
    };
    await until('irssi is registered', () => screen().includes('End of MOTD'));
    type(`/join ${CHANNEL}`);
    await until('irssi joined', () => agent.roster().includes('visitor'));
    for (const one of announced) agent.say(formatAnnouncement(one));
    await until('the three lines are on the screen', () =>
      announced.every((one) => screen().includes(formatAnnouncement(one))),
    );
    type('kk-karma-hello: how much?');
    await until('the agent heard the question', () => agent.stats().heard > 0);
    const question = agent
      .drain()
      .find((line) => parseQuestion(line, { nick: agent.nick(), casemapping: agent.casemapping() })?.topic === 'price');
    agent.say(formatReply({ to: question?.nick ?? '', text: 'I sell: raw-logs 0.01 USDC.' }));
    await until('the answer is on the screen', () => screen().includes('visitor: » I sell: raw-logs 0.01 USDC.'));
    expect(screen()).toContain('Data for USDC');
    await context.annotate(screen());
  });
});

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

import type { WireAnnouncement } from '../../lib/core/channel.ts';
import { parseAnnouncement } from '../../lib/irc/parse.ts';
import { CHANNEL, type RawClient, rawClient } from './irc.ts';
import { eventually, type Started } from './swarm.ts';

/** Somebody in the channel with a client of their own, who writes down what is announced. */
export interface ChannelWitness {
  /** The announcements heard so far, oldest first, each with its speaker. */
  readonly heard: () => readonly { readonly nick: string; readonly said: WireAnnouncement }[];
  readonly say: (line: string) => void;
  readonly leave: () => void;
}

/** Joins the channel of a swarm as soon as its IRC server listens on `port`: before the first agent speaks. */
export async function joinChannel(port: number, swarm: Started, nick = 'witness'): Promise<ChannelWitness> {
  const client = await eventually('the IRC server listens', 120_000, async (): Promise<RawClient | undefined> => {
    if (swarm.isOver()) throw new Error(`the swarm ended before it listened:\n${swarm.stderr()}`);
    const attempt = await rawClient(port);
    await new Promise((resolve) => {
      attempt.socket.once('connect', resolve);
      attempt.socket.once('close', resolve);
    });
    return attempt.closed() || attempt.socket.connecting ? undefined : attempt;
  });
  client.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
  await client.expect(/ 001 /);
  client.send(`JOIN ${CHANNEL}`);
  await client.expect(/ 366 /);
  return {
    heard: () => client.lines.flatMap(announced),
    say: (line) => client.send(`PRIVMSG ${CHANNEL} :${line}`),
    leave: client.end,
  };
}

function announced(line: string): { readonly nick: string; readonly said: WireAnnouncement }[] {
  const match = /^:([^!\s]+)\S* PRIVMSG #karmakadabra :(.*)$/.exec(line);
  const [nick, text] = [match?.[1], match?.[2]];
  if (nick === undefined || text === undefined) return [];
  // The raw client keeps bytes; what was said is UTF-8.
  const said = parseAnnouncement(Buffer.from(text, 'latin1').toString('utf8'));
  return said === undefined ? [] : [{ nick, said }];
}

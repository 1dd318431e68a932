import { join, names, part, say, topic } from './channels.ts';
import type { ClientMessage } from './message.ts';
import { away, ison, list, mode, time, userhost, who, whois, whowas } from './queries.ts';
import { cap, echo, lusers, motd, nick, user, version } from './registration.ts';
import { type Client, reply, type World } from './world.ts';

type Command = (world: World, client: Client, params: readonly string[]) => undefined;

const BEFORE_REGISTRATION: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['CAP', cap],
  ['NICK', nick],
  ['USER', user],
  ['PASS', () => undefined],
  ['PING', ping],
  ['PONG', () => undefined],
  ['QUIT', (_world, client, [reason = '']) => client.leave(reason === '' ? 'Quit' : `Quit: ${reason}`)],
]);

const AFTER_REGISTRATION: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['JOIN', join],
  ['PART', part],
  ['PRIVMSG', (world, client, params) => say(world, client, 'PRIVMSG', params)],
  ['NOTICE', (world, client, params) => say(world, client, 'NOTICE', params)],
  ['TOPIC', topic],
  ['NAMES', names],
  ['MODE', mode],
  ['WHO', who],
  ['WHOIS', whois],
  ['WHOWAS', whowas],
  ['LIST', list],
  ['ISON', ison],
  ['USERHOST', userhost],
  ['AWAY', away],
  ['MOTD', motd],
  ['LUSERS', lusers],
  ['VERSION', version],
  ['TIME', time],
]);

/** Does what a client's message says. */
export function execute(world: World, client: Client, message: ClientMessage): undefined {
  const early = BEFORE_REGISTRATION.get(message.command);
  if (early !== undefined) return early(world, client, message.params);
  if (!client.registered) return reply(world, client, '451', ':You have not registered');
  const command = AFTER_REGISTRATION.get(message.command);
  if (command === undefined) return reply(world, client, '421', echo(message.command), ':Unknown command');
  command(world, client, message.params);
}

function ping(world: World, client: Client, [token]: readonly string[]): undefined {
  if (token === undefined) return reply(world, client, '409', ':No origin specified');
  client.send(`:${world.serverName} PONG ${world.serverName} :${token}`);
}

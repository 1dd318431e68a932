import { join, names, part, say, topic } from './channels.ts';
import type { ClientMessage } from './message.ts';
import { away, ison, list, mode, time, userhost, who, whois, whowas } from './queries.ts';
import { cap, echo, lusers, motd, nick, user, version } from './registration.ts';
import { type Client, reply, type ServerState } from './server-state.ts';

type Command = (state: ServerState, client: Client, params: readonly string[]) => undefined;

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
  ['PRIVMSG', (state, client, params) => say(state, client, 'PRIVMSG', params)],
  ['NOTICE', (state, client, params) => say(state, client, 'NOTICE', params)],
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

/** Executes a client's message. */
export function execute(state: ServerState, client: Client, message: ClientMessage): undefined {
  const early = BEFORE_REGISTRATION.get(message.command);
  if (early !== undefined) return early(state, client, message.params);
  if (!client.registered) return reply(state, client, '451', ':You have not registered');
  const command = AFTER_REGISTRATION.get(message.command);
  if (command === undefined) return reply(state, client, '421', echo(message.command), ':Unknown command');
  command(state, client, message.params);
}

function ping(state: ServerState, client: Client, [token]: readonly string[]): undefined {
  if (token === undefined) return reply(state, client, '409', ':No origin specified');
  client.send(`:${state.serverName} PONG ${state.serverName} :${token}`);
}

import { fold, NICK_LENGTH } from './message.ts';
import { echo } from './registration.ts';
import { type Client, reply, type ServerState } from './server-state.ts';

/** MODE: tells modes. Channels are +nt and nobody is an operator; a person's only mode is +i. */
export function mode(state: ServerState, client: Client, [target = '', change]: readonly string[]): undefined {
  if (!target.startsWith('#')) {
    if (fold(target) !== fold(client.nick)) return reply(state, client, '502', ':Cannot change mode for other users');
    if (change === undefined) return reply(state, client, '221', '+i');
    return;
  }
  const channel = state.channels.get(fold(target));
  if (channel === undefined) return reply(state, client, '403', echo(target), ':No such channel');
  if (change === undefined) {
    reply(state, client, '324', channel.name, '+nt');
    return reply(state, client, '329', channel.name, String(channel.createdAt));
  }
  if (/^\+?b$/.test(change)) return reply(state, client, '368', channel.name, ':End of channel ban list');
  reply(state, client, '482', channel.name, ":You're not channel operator");
}

/** WHO: a channel's members, or one person. */
export function who(state: ServerState, client: Client, [target = '*']: readonly string[]): undefined {
  const channel = state.channels.get(fold(target));
  const person = state.nicks.get(fold(target));
  const people = channel === undefined ? (person?.registered ? [person] : []) : [...channel.members];
  for (const one of people) {
    const where = channel?.name ?? '*';
    const flag = one.away === undefined ? 'H' : 'G';
    reply(state, client, '352', where, one.user, one.host, state.serverName, one.nick, flag, `:0 ${one.realName}`);
  }
  reply(state, client, '315', echo(target), ':End of WHO list');
}

/** WHOIS: who someone is. */
export function whois(state: ServerState, client: Client, params: readonly string[]): undefined {
  const target = (params.length > 1 ? params[1] : params[0]) ?? '';
  const person = state.nicks.get(fold(target));
  if (target === '') return reply(state, client, '431', ':No nickname given');
  if (person?.registered) {
    reply(state, client, '311', person.nick, person.user, person.host, '*', `:${person.realName}`);
    const shared = [...person.channels].map((name) => state.channels.get(name)?.name ?? name);
    if (shared.length > 0) reply(state, client, '319', person.nick, `:${shared.join(' ')}`);
    reply(state, client, '312', person.nick, state.serverName, ':Karmakadabra, embedded');
    if (person.away !== undefined) reply(state, client, '301', person.nick, `:${person.away}`);
    const idle = Math.max(0, state.now() - person.spokeAt);
    reply(state, client, '317', person.nick, String(idle), String(person.signedOnAt), ':seconds idle, signon time');
  } else reply(state, client, '401', echo(target), ':No such nick/channel');
  reply(state, client, '318', echo(target), ':End of WHOIS list');
}

/** WHOWAS: nobody is remembered. */
export function whowas(state: ServerState, client: Client, [target = '']: readonly string[]): undefined {
  reply(state, client, '406', echo(target), ':There was no such nickname');
  reply(state, client, '369', echo(target), ':End of WHOWAS');
}

/** LIST: the channels. */
export function list(state: ServerState, client: Client): undefined {
  reply(state, client, '321', 'Channel', ':Users  Name');
  for (const { name, members, topic } of state.channels.values()) {
    reply(state, client, '322', name, String(members.size), `:${topic}`);
  }
  reply(state, client, '323', ':End of LIST');
}

/** ISON: which of some nicks are here. */
export function ison(state: ServerState, client: Client, params: readonly string[]): undefined {
  const asked = params.flatMap((param) => param.split(' ')).slice(0, 32);
  const here = asked.map((name) => state.nicks.get(fold(name))).filter((one) => one?.registered === true);
  reply(state, client, '303', `:${here.map((one) => one?.nick ?? '').join(' ')}`);
}

/** USERHOST: where up to five people come from. */
export function userhost(state: ServerState, client: Client, params: readonly string[]): undefined {
  const found = params.slice(0, 5).flatMap((name) => {
    const one = state.nicks.get(fold(name.slice(0, NICK_LENGTH)));
    return one?.registered ? [`${one.nick}=${one.away === undefined ? '+' : '-'}${one.user}@${one.host}`] : [];
  });
  reply(state, client, '302', `:${found.join(' ')}`);
}

/** AWAY: says that one is away, or back. */
export function away(state: ServerState, client: Client, [reason]: readonly string[]): undefined {
  client.away = reason === undefined || reason === '' ? undefined : reason.slice(0, 200);
  if (client.away === undefined) reply(state, client, '305', ':You are no longer marked as being away');
  else reply(state, client, '306', ':You have been marked as being away');
}

/** TIME: the server's. */
export function time(state: ServerState, client: Client): undefined {
  reply(state, client, '391', state.serverName, `:${new Date(state.now() * 1000).toISOString()}`);
}

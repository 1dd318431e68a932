import { fold, NICK_LENGTH } from './message.ts';
import { echo } from './registration.ts';
import { type Client, reply, type World } from './world.ts';

/** MODE: tells modes. Channels are +nt and nobody is an operator; a person's only mode is +i. */
export function mode(world: World, client: Client, [target = '', change]: readonly string[]): undefined {
  if (!target.startsWith('#')) {
    if (fold(target) !== fold(client.nick)) return reply(world, client, '502', ':Cannot change mode for other users');
    if (change === undefined) return reply(world, client, '221', '+i');
    return;
  }
  const channel = world.channels.get(fold(target));
  if (channel === undefined) return reply(world, client, '403', echo(target), ':No such channel');
  if (change === undefined) {
    reply(world, client, '324', channel.name, '+nt');
    return reply(world, client, '329', channel.name, String(channel.createdAt));
  }
  if (/^\+?b$/.test(change)) return reply(world, client, '368', channel.name, ':End of channel ban list');
  reply(world, client, '482', channel.name, ":You're not channel operator");
}

/** WHO: a channel's members, or one person. */
export function who(world: World, client: Client, [target = '*']: readonly string[]): undefined {
  const channel = world.channels.get(fold(target));
  const person = world.nicks.get(fold(target));
  const people = channel === undefined ? (person?.registered ? [person] : []) : [...channel.members];
  for (const one of people) {
    const where = channel?.name ?? '*';
    const flag = one.away === undefined ? 'H' : 'G';
    reply(world, client, '352', where, one.user, one.host, world.serverName, one.nick, flag, `:0 ${one.realName}`);
  }
  reply(world, client, '315', echo(target), ':End of WHO list');
}

/** WHOIS: who someone is. */
export function whois(world: World, client: Client, params: readonly string[]): undefined {
  const target = (params.length > 1 ? params[1] : params[0]) ?? '';
  const person = world.nicks.get(fold(target));
  if (target === '') return reply(world, client, '431', ':No nickname given');
  if (person?.registered) {
    reply(world, client, '311', person.nick, person.user, person.host, '*', `:${person.realName}`);
    const shared = [...person.channels].map((name) => world.channels.get(name)?.name ?? name);
    if (shared.length > 0) reply(world, client, '319', person.nick, `:${shared.join(' ')}`);
    reply(world, client, '312', person.nick, world.serverName, ':Karmakadabra, embedded');
    if (person.away !== undefined) reply(world, client, '301', person.nick, `:${person.away}`);
    const idle = Math.max(0, world.now() - person.spokeAt);
    reply(world, client, '317', person.nick, String(idle), String(person.signedOnAt), ':seconds idle, signon time');
  } else reply(world, client, '401', echo(target), ':No such nick/channel');
  reply(world, client, '318', echo(target), ':End of WHOIS list');
}

/** WHOWAS: nobody is remembered. */
export function whowas(world: World, client: Client, [target = '']: readonly string[]): undefined {
  reply(world, client, '406', echo(target), ':There was no such nickname');
  reply(world, client, '369', echo(target), ':End of WHOWAS');
}

/** LIST: the channels. */
export function list(world: World, client: Client): undefined {
  reply(world, client, '321', 'Channel', ':Users  Name');
  for (const { name, members, topic } of world.channels.values()) {
    reply(world, client, '322', name, String(members.size), `:${topic}`);
  }
  reply(world, client, '323', ':End of LIST');
}

/** ISON: which of some nicks are here. */
export function ison(world: World, client: Client, params: readonly string[]): undefined {
  const asked = params.flatMap((param) => param.split(' ')).slice(0, 32);
  const here = asked.map((name) => world.nicks.get(fold(name))).filter((one) => one?.registered === true);
  reply(world, client, '303', `:${here.map((one) => one?.nick ?? '').join(' ')}`);
}

/** USERHOST: where up to five people come from. */
export function userhost(world: World, client: Client, params: readonly string[]): undefined {
  const found = params.slice(0, 5).flatMap((name) => {
    const one = world.nicks.get(fold(name.slice(0, NICK_LENGTH)));
    return one?.registered ? [`${one.nick}=${one.away === undefined ? '+' : '-'}${one.user}@${one.host}`] : [];
  });
  reply(world, client, '302', `:${found.join(' ')}`);
}

/** AWAY: says that one is away, or back. */
export function away(world: World, client: Client, [reason]: readonly string[]): undefined {
  client.away = reason === undefined || reason === '' ? undefined : reason.slice(0, 200);
  if (client.away === undefined) reply(world, client, '305', ':You are no longer marked as being away');
  else reply(world, client, '306', ':You have been marked as being away');
}

/** TIME: the server's. */
export function time(world: World, client: Client): undefined {
  reply(world, client, '391', world.serverName, `:${new Date(world.now() * 1000).toISOString()}`);
}

import { fold, isChannel } from './message.ts';
import { echo } from './registration.ts';
import { broadcast, type Channel, type Client, maskOf, removeMember, reply, type World } from './world.ts';

const MAX_CHANNELS = 100;
const MAX_JOINED = 10;
const MAX_TARGETS = 4;

/** JOIN: enters channels, making those that aren't there. `JOIN 0` leaves all. */
export function join(world: World, client: Client, [list]: readonly string[]): undefined {
  if (list === undefined) return reply(world, client, '461', 'JOIN', ':Not enough parameters');
  if (list === '0') return part(world, client, [[...client.channels].join(','), 'Left all channels']);
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    if (!isChannel(name)) {
      reply(world, client, '403', echo(name), ':No such channel');
      continue;
    }
    const known = world.channels.get(fold(name));
    if (known?.members.has(client)) continue;
    if (client.channels.size >= MAX_JOINED || (known === undefined && world.channels.size >= MAX_CHANNELS)) {
      reply(world, client, '405', name, ':You have joined too many channels');
      continue;
    }
    const channel = known ?? createChannel(world, name);
    channel.members.add(client);
    client.channels.add(fold(name));
    broadcast(channel, `:${maskOf(client)} JOIN ${channel.name}`);
    if (channel.topic !== '') sendTopic(world, client, channel);
    sendNames(world, client, channel);
  }
}

/** Makes a channel. A kept one stays when it is empty. */
export function createChannel(world: World, name: string, topic = '', kept = false): Channel {
  const channel: Channel = { name, topic, kept, createdAt: world.now(), members: new Set() };
  world.channels.set(fold(name), channel);
  return channel;
}

/** PART: leaves channels. */
export function part(world: World, client: Client, [list, reason]: readonly string[]): undefined {
  if (list === undefined) return reply(world, client, '461', 'PART', ':Not enough parameters');
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    const channel = joined(world, client, name);
    if (channel === undefined) continue;
    broadcast(channel, `:${maskOf(client)} PART ${channel.name}${reason === undefined ? '' : ` :${reason}`}`);
    removeMember(world, client, channel);
  }
}

/** PRIVMSG and NOTICE: says a line to channels and people. A NOTICE never causes an error reply (RFC 2812 §3.3.2). */
export function say(
  world: World,
  client: Client,
  command: 'PRIVMSG' | 'NOTICE',
  [list, text]: readonly string[],
): undefined {
  const fail = (numeric: string, ...params: readonly string[]): undefined => {
    if (command === 'PRIVMSG') reply(world, client, numeric, ...params);
  };
  if (list === undefined || list === '') return fail('411', `:No recipient given (${command})`);
  if (text === undefined || text === '') return fail('412', ':No text to send');
  client.spokeAt = world.now();
  for (const target of [...new Set(list.split(','))].slice(0, MAX_TARGETS)) {
    const line = `:${maskOf(client)} ${command} ${target} :${text}`;
    if (target.startsWith('#')) {
      const channel = world.channels.get(fold(target));
      if (channel === undefined) fail('403', echo(target), ':No such channel');
      else if (!channel.members.has(client)) fail('404', channel.name, ':Cannot send to channel: join it first');
      else {
        world.lines += 1;
        broadcast(channel, `:${maskOf(client)} ${command} ${channel.name} :${text}`, client);
      }
      continue;
    }
    const person = world.nicks.get(fold(target));
    if (person === undefined || !person.registered) fail('401', echo(target), ':No such nick/channel');
    else {
      world.lines += 1;
      person.send(line);
      if (person.away !== undefined) fail('301', person.nick, `:${person.away}`);
    }
  }
}

/** TOPIC: tells the topic. Nobody is an operator here, so nobody sets it. */
export function topic(world: World, client: Client, [name = '', text]: readonly string[]): undefined {
  const channel = world.channels.get(fold(name));
  if (channel === undefined) return reply(world, client, '403', echo(name), ':No such channel');
  if (text !== undefined) return reply(world, client, '482', channel.name, ":You're not channel operator");
  if (channel.topic === '') return reply(world, client, '331', channel.name, ':No topic is set');
  sendTopic(world, client, channel);
}

/** NAMES: who is in a channel. */
export function names(world: World, client: Client, [list = '']: readonly string[]): undefined {
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    const channel = world.channels.get(fold(name));
    if (channel === undefined) reply(world, client, '366', echo(name), ':End of NAMES list');
    else sendNames(world, client, channel);
  }
}

function sendTopic(world: World, client: Client, channel: Channel): undefined {
  reply(world, client, '332', channel.name, `:${channel.topic}`);
  reply(world, client, '333', channel.name, world.serverName, String(channel.createdAt));
}

function sendNames(world: World, client: Client, channel: Channel): undefined {
  const nicks = [...channel.members].map((member) => member.nick);
  // 12 nicks of 32 bytes stay under 512 with the longest channel name in front.
  for (let i = 0; i < nicks.length; i += 12) {
    reply(world, client, '353', '=', channel.name, `:${nicks.slice(i, i + 12).join(' ')}`);
  }
  reply(world, client, '366', channel.name, ':End of NAMES list');
}

function joined(world: World, client: Client, name: string): Channel | undefined {
  const channel = world.channels.get(fold(name));
  if (channel === undefined) reply(world, client, '403', echo(name), ':No such channel');
  else if (!channel.members.has(client)) reply(world, client, '442', channel.name, ":You're not on that channel");
  else return channel;
  return undefined;
}

import { fold, isChannel } from './message.ts';
import { echo } from './registration.ts';
import { broadcast, type Channel, type Client, maskOf, removeMember, reply, type ServerState } from './server-state.ts';

const MAX_CHANNELS = 100;
const MAX_JOINED = 10;
const MAX_TARGETS = 4;

/** JOIN: enters channels, making those that aren't there. `JOIN 0` leaves all. */
export function join(state: ServerState, client: Client, [list]: readonly string[]): undefined {
  if (list === undefined) return reply(state, client, '461', 'JOIN', ':Not enough parameters');
  if (list === '0') return part(state, client, [[...client.channels].join(','), 'Left all channels']);
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    if (!isChannel(name)) {
      reply(state, client, '403', echo(name), ':No such channel');
      continue;
    }
    const known = state.channels.get(fold(name));
    if (known?.members.has(client)) continue;
    if (client.channels.size >= MAX_JOINED || (known === undefined && state.channels.size >= MAX_CHANNELS)) {
      reply(state, client, '405', name, ':You have joined too many channels');
      continue;
    }
    const channel = known ?? createChannel(state, name);
    channel.members.add(client);
    client.channels.add(fold(name));
    broadcast(channel, `:${maskOf(client)} JOIN ${channel.name}`);
    if (channel.topic !== '') sendTopic(state, client, channel);
    sendNames(state, client, channel);
  }
}

/** Makes a channel. A kept one stays when it is empty. */
export function createChannel(state: ServerState, name: string, topic = '', kept = false): Channel {
  const channel: Channel = { name, topic, kept, createdAt: state.now(), members: new Set() };
  state.channels.set(fold(name), channel);
  return channel;
}

/** PART: leaves channels. */
export function part(state: ServerState, client: Client, [list, reason]: readonly string[]): undefined {
  if (list === undefined) return reply(state, client, '461', 'PART', ':Not enough parameters');
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    const channel = joined(state, client, name);
    if (channel === undefined) continue;
    broadcast(channel, `:${maskOf(client)} PART ${channel.name}${reason === undefined ? '' : ` :${reason}`}`);
    removeMember(state, client, channel);
  }
}

/** PRIVMSG and NOTICE: says a line to channels and people. A NOTICE never causes an error reply (RFC 2812 §3.3.2). */
export function say(
  state: ServerState,
  client: Client,
  command: 'PRIVMSG' | 'NOTICE',
  [list, text]: readonly string[],
): undefined {
  const fail = (numeric: string, ...params: readonly string[]): undefined => {
    if (command === 'PRIVMSG') reply(state, client, numeric, ...params);
  };
  if (list === undefined || list === '') return fail('411', `:No recipient given (${command})`);
  if (text === undefined || text === '') return fail('412', ':No text to send');
  client.spokeAt = state.now();
  for (const target of [...new Set(list.split(','))].slice(0, MAX_TARGETS)) {
    const line = `:${maskOf(client)} ${command} ${target} :${text}`;
    if (target.startsWith('#')) {
      const channel = state.channels.get(fold(target));
      if (channel === undefined) fail('403', echo(target), ':No such channel');
      else if (!channel.members.has(client)) fail('404', channel.name, ':Cannot send to channel: join it first');
      else {
        state.lines += 1;
        broadcast(channel, `:${maskOf(client)} ${command} ${channel.name} :${text}`, client);
      }
      continue;
    }
    const person = state.nicks.get(fold(target));
    if (person === undefined || !person.registered) fail('401', echo(target), ':No such nick/channel');
    else {
      state.lines += 1;
      person.send(line);
      if (person.away !== undefined) fail('301', person.nick, `:${person.away}`);
    }
  }
}

/** TOPIC: tells the topic. Nobody is an operator here, so nobody sets it. */
export function topic(state: ServerState, client: Client, [name = '', text]: readonly string[]): undefined {
  const channel = state.channels.get(fold(name));
  if (channel === undefined) return reply(state, client, '403', echo(name), ':No such channel');
  if (text !== undefined) return reply(state, client, '482', channel.name, ":You're not channel operator");
  if (channel.topic === '') return reply(state, client, '331', channel.name, ':No topic is set');
  sendTopic(state, client, channel);
}

/** NAMES: who is in a channel. */
export function names(state: ServerState, client: Client, [list = '']: readonly string[]): undefined {
  for (const name of list.split(',').slice(0, MAX_JOINED)) {
    const channel = state.channels.get(fold(name));
    if (channel === undefined) reply(state, client, '366', echo(name), ':End of NAMES list');
    else sendNames(state, client, channel);
  }
}

function sendTopic(state: ServerState, client: Client, channel: Channel): undefined {
  reply(state, client, '332', channel.name, `:${channel.topic}`);
  reply(state, client, '333', channel.name, state.serverName, String(channel.createdAt));
}

function sendNames(state: ServerState, client: Client, channel: Channel): undefined {
  const nicks = [...channel.members].map((member) => member.nick);
  // 12 nicks of 32 bytes stay under 512 with the longest channel name in front.
  for (let i = 0; i < nicks.length; i += 12) {
    reply(state, client, '353', '=', channel.name, `:${nicks.slice(i, i + 12).join(' ')}`);
  }
  reply(state, client, '366', channel.name, ':End of NAMES list');
}

function joined(state: ServerState, client: Client, name: string): Channel | undefined {
  const channel = state.channels.get(fold(name));
  if (channel === undefined) reply(state, client, '403', echo(name), ':No such channel');
  else if (!channel.members.has(client)) reply(state, client, '442', channel.name, ":You're not on that channel");
  else return channel;
  return undefined;
}

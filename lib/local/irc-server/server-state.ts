import { fold } from './message.ts';

/** A connected client as the commands see it. */
export interface Client {
  nick: string;
  user: string;
  realName: string;
  readonly host: string;
  away: string | undefined;
  registered: boolean;
  /** True between CAP LS or REQ and CAP END: registration waits. */
  negotiating: boolean;
  readonly signedOnAt: number;
  spokeAt: number;
  /** Folded names of the channels it is in. */
  readonly channels: Set<string>;
  /** Sends one line of latin1 without CR LF; cut to fit. */
  readonly send: (line: string) => undefined;
  /** Sends ERROR with the reason and closes. Everyone who shares a channel sees the QUIT. */
  readonly leave: (reason: string) => undefined;
}

/** A channel: a name, a topic, and who is there. It is removed with its last member, unless it is kept. */
export interface Channel {
  readonly name: string;
  readonly topic: string;
  readonly createdAt: number;
  readonly kept: boolean;
  readonly members: Set<Client>;
}

/** The state of a server: its nicks and channels. */
export interface ServerState {
  readonly serverName: string;
  readonly createdAt: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** By folded nick. */
  readonly nicks: Map<string, Client>;
  /** By folded name. */
  readonly channels: Map<string, Channel>;
  /** PRIVMSG and NOTICE lines passed on. */
  lines: number;
}

/** `nick!user@host`, as others see a client. */
export function maskOf(client: Client): string {
  return `${client.nick}!${client.user}@${client.host}`;
}

/** Sends a numeric reply (RFC 2812 §5). The last parameter is sent as given: begin it with `:` where it has spaces. */
export function reply(state: ServerState, client: Client, numeric: string, ...params: readonly string[]): undefined {
  client.send(`:${state.serverName} ${numeric} ${client.nick || '*'} ${params.join(' ')}`);
}

/** Sends a line to everyone in a channel but one. */
export function broadcast(channel: Channel, line: string, except?: Client): void {
  for (const member of channel.members) if (member !== except) member.send(line);
}

/** Sends a line once to everyone who shares a channel with the client, the client itself not included. */
export function tellPeers(state: ServerState, client: Client, line: string): void {
  const peers = new Set<Client>();
  for (const name of client.channels) for (const member of state.channels.get(name)?.members ?? []) peers.add(member);
  peers.delete(client);
  for (const peer of peers) peer.send(line);
}

/** Removes a client from a channel, and the channel when it was the last member. */
export function removeMember(state: ServerState, client: Client, channel: Channel): void {
  channel.members.delete(client);
  client.channels.delete(fold(channel.name));
  if (channel.members.size === 0 && !channel.kept) state.channels.delete(fold(channel.name));
}

/** Removes a client from the server; its peers see the QUIT. */
export function removeClient(state: ServerState, client: Client, reason: string): void {
  if (client.registered) tellPeers(state, client, `:${maskOf(client)} QUIT :${reason}`);
  for (const name of [...client.channels]) {
    const channel = state.channels.get(name);
    if (channel !== undefined) removeMember(state, client, channel);
  }
  if (state.nicks.get(fold(client.nick)) === client) state.nicks.delete(fold(client.nick));
}

import { SWARM_CASEMAPPING } from '../../core/nick.ts';
import { fold, isNick, NICK_LENGTH } from './message.ts';
import { type Client, maskOf, reply, type ServerState, tellPeers } from './server-state.ts';

/** The server's name and version. */
const VERSION = 'karmakadabra-irc-1';

/** NICK: takes or changes a nick. */
export function nick(state: ServerState, client: Client, [wanted]: readonly string[]): undefined {
  if (wanted === undefined || wanted === '') return reply(state, client, '431', ':No nickname given');
  if (!isNick(wanted))
    return reply(
      state,
      client,
      '432',
      echo(wanted),
      `:Erroneous nickname (at most ${NICK_LENGTH} letters, digits and -_[]{}\\|^\`)`,
    );
  const holder = state.nicks.get(fold(wanted));
  if (holder !== undefined && holder !== client)
    return reply(state, client, '433', wanted, ':Nickname is already in use');
  if (wanted === client.nick) return;
  const before = maskOf(client);
  if (client.nick !== '') state.nicks.delete(fold(client.nick));
  state.nicks.set(fold(wanted), client);
  client.nick = wanted;
  if (!client.registered) return welcome(state, client);
  client.send(`:${before} NICK :${wanted}`);
  tellPeers(state, client, `:${before} NICK :${wanted}`);
}

/** USER: says who connects. */
export function user(state: ServerState, client: Client, [name, , , realName]: readonly string[]): undefined {
  if (client.registered) return reply(state, client, '462', ':You may not reregister');
  if (name === undefined || realName === undefined)
    return reply(state, client, '461', 'USER', ':Not enough parameters');
  client.user = `~${name.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, 16) || 'user'}`;
  client.realName = realName.slice(0, 100);
  welcome(state, client);
}

/** CAP: the server has no capabilities, and says so in the way clients expect (IRCv3 capability negotiation). */
export function cap(state: ServerState, client: Client, [subcommand = '', list = '']: readonly string[]): undefined {
  const target = client.nick || '*';
  switch (subcommand.toUpperCase()) {
    case 'LS':
      client.negotiating = !client.registered;
      return client.send(`:${state.serverName} CAP ${target} LS :`);
    case 'LIST':
      return client.send(`:${state.serverName} CAP ${target} LIST :`);
    case 'REQ':
      client.negotiating = !client.registered;
      return client.send(`:${state.serverName} CAP ${target} NAK :${list}`);
    case 'END':
      client.negotiating = false;
      return welcome(state, client);
    default:
      return reply(state, client, '410', echo(subcommand), ':Invalid CAP command');
  }
}

function welcome(state: ServerState, client: Client): undefined {
  if (client.registered || client.negotiating || client.nick === '' || client.user === '') return;
  client.registered = true;
  reply(state, client, '001', `:Welcome to Karmakadabra ${maskOf(client)}`);
  reply(state, client, '002', `:Your host is ${state.serverName}, running version ${VERSION}`);
  reply(state, client, '003', `:This server was created ${new Date(state.createdAt * 1000).toISOString()}`);
  reply(state, client, '004', state.serverName, VERSION, 'i', 'nt');
  reply(
    state,
    client,
    '005',
    `NETWORK=Karmakadabra CASEMAPPING=${SWARM_CASEMAPPING} CHANTYPES=# PREFIX= CHANMODES=,,,nt NICKLEN=${NICK_LENGTH} CHANNELLEN=50`,
    'TOPICLEN=300 AWAYLEN=200 CHANLIMIT=#:10 TARGMAX=PRIVMSG:4,NOTICE:4,JOIN:10,PART:10,WHOIS:1 :are supported by this server',
  );
  lusers(state, client);
  motd(state, client);
}

/** LUSERS: how many are here. */
export function lusers(state: ServerState, client: Client): undefined {
  const people = [...state.nicks.values()].filter(({ registered }) => registered).length;
  reply(state, client, '251', `:There are ${people} users and 0 services on 1 servers`);
  reply(state, client, '254', String(state.channels.size), ':channels formed');
  reply(state, client, '255', `:I have ${people} clients and 0 servers`);
}

/** MOTD: what this place is. */
export function motd(state: ServerState, client: Client): undefined {
  reply(state, client, '375', `:- ${state.serverName} Message of the day -`);
  reply(state, client, '372', ':- The market floor of Karmakadabra: agents that buy and sell data.');
  reply(state, client, '372', ':- Join #karmakadabra and ask any of them: "<nick>: price?", "status", "why", "help".');
  reply(state, client, '376', ':End of MOTD command');
}

/** VERSION: what runs here. */
export function version(state: ServerState, client: Client): undefined {
  reply(state, client, '351', VERSION, state.serverName, ':embedded, for one machine');
}

/** A word of the client's in an error: short, and never one that would read as the last parameter. */
export function echo(word: string): string {
  return word.replace(/[\s:]/g, '').slice(0, 40) || '*';
}

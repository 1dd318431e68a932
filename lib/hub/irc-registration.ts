import type { Account } from '../core/hub-accounts.ts';
import type { SignIn } from './authenticator.ts';
import { firstParameter, type IrcLine } from './irc-line.ts';
import { parseSaslPlain } from './sasl-plain.ts';

/** The registration of a connection (RFC 2812 §3.1): the client gives an account and its password (SASL PLAIN, IRCv3 3.1) and a nick. */
export interface Registration {
  /** Handles one line of the client. */
  readonly take: (line: IrcLine) => Promise<RegistrationStep>;
}

/** The result of a line: not registered yet, registered, or refused. */
export type RegistrationStep =
  | { readonly type: 'waiting' }
  | { readonly type: 'complete'; readonly account: Account; readonly nick: string; readonly user: string }
  | { readonly type: 'refused'; readonly why: string };

/** What a registration needs; `reply` sends one line to the client. */
export interface RegistrationPorts {
  readonly reply: (line: string) => void;
  readonly signIn: (name: string, password: string) => Promise<SignIn>;
  readonly mayUseNick: (account: Account, nick: string) => boolean;
  readonly log: (line: string) => void;
}

const SERVER = ':hub.karmakadabra.invalid';
const MAX_ATTEMPTS = 3;
const WAITING: RegistrationStep = { type: 'waiting' };

/** Creates the registration of a new connection. */
export function createRegistration({ reply, signIn, mayUseNick, log }: RegistrationPorts): Registration {
  let account: Account | undefined;
  let isNegotiating = false;
  let mechanism: string | undefined;
  let attempts = 0;
  let [nick, user] = ['', ''];
  const numeric = (code: number, text: string) => reply(`${SERVER} ${code} ${nick === '' ? '*' : nick} ${text}`);

  function capability(rest: string): void {
    const [sub = '', ...names] = rest.split(' ');
    const asked = names.join(' ').replace(/^:/, '').trim();
    switch (sub.toUpperCase()) {
      case 'LS':
        isNegotiating = true;
        reply(`${SERVER} CAP * LS :${Number(names[0]) >= 302 ? 'sasl=PLAIN' : 'sasl'}`);
        break;
      case 'LIST':
        reply(`${SERVER} CAP * LIST :`);
        break;
      case 'REQ':
        isNegotiating = true;
        reply(`${SERVER} CAP * ${/^-?sasl$/.test(asked) ? 'ACK' : 'NAK'} :${asked.slice(0, 100)}`);
        break;
      case 'END':
        isNegotiating = false;
        break;
      default:
        numeric(410, `${sub.slice(0, 20)} :Invalid CAP command`);
    }
  }

  async function authenticate(rest: string): Promise<RegistrationStep> {
    if (account !== undefined) numeric(907, ':You have already authenticated');
    else if (rest === '*') {
      mechanism = undefined;
      numeric(906, ':SASL authentication aborted');
    } else if (mechanism === undefined) {
      if (rest.toUpperCase() === 'PLAIN') {
        mechanism = 'PLAIN';
        reply('AUTHENTICATE +');
      } else {
        numeric(908, 'PLAIN :are available SASL mechanisms');
        numeric(904, ':SASL authentication failed');
      }
    } else return check(rest);
    return WAITING;
  }

  async function check(message: string): Promise<RegistrationStep> {
    mechanism = undefined;
    attempts += 1;
    const plain = parseSaslPlain(message);
    const result: SignIn = plain === undefined ? { result: 'wrong' } : await signIn(plain.name, plain.password);
    if (result.result === 'ok') {
      account = result.account;
      numeric(900, `${nick || '*'}!*@* ${account.account} :You are now logged in as ${account.account}`);
      numeric(903, ':SASL authentication successful');
      return WAITING;
    }
    log(`${result.result} password for ${JSON.stringify((plain?.name ?? '').slice(0, 40))}`);
    numeric(904, ':SASL authentication failed');
    if (attempts < MAX_ATTEMPTS && result.result !== 'busy') return WAITING;
    return { type: 'refused', why: 'Too many wrong passwords; wait a minute' };
  }

  function complete(): RegistrationStep {
    if (isNegotiating || nick === '' || user === '') return WAITING;
    if (account === undefined) return { type: 'refused', why: 'Sign in with SASL PLAIN first' };
    if (mayUseNick(account, nick)) return { type: 'complete', account, nick, user };
    numeric(432, `${nick} :That nick does not belong to ${account.account}`);
    nick = '';
    return WAITING;
  }

  return {
    take: async ({ command, rest }) => {
      switch (command) {
        case 'CAP':
          capability(rest);
          break;
        case 'AUTHENTICATE': {
          const step = await authenticate(rest);
          if (step.type !== 'waiting') return step;
          break;
        }
        case 'NICK': {
          const wanted = firstParameter(rest);
          if (/^[A-Za-z_][A-Za-z0-9_-]{0,30}$/.test(wanted)) nick = wanted;
          else numeric(432, '* :Erroneous nickname');
          break;
        }
        case 'USER':
          user = rest.replace(/[^\x21-\x7e\x80-\xff :]/g, '').slice(0, 200);
          break;
        case 'PING':
          reply(`${SERVER} PONG hub.karmakadabra.invalid :${firstParameter(rest)}`);
          break;
        case 'PASS':
          break;
        case 'QUIT':
          return { type: 'refused', why: 'Goodbye' };
        default:
          numeric(451, ':Sign on first');
      }
      return complete();
    },
  };
}

import type { Account } from '../core/hub-accounts.ts';
import { firstParameter, type IrcLine } from './irc-line.ts';

/** What becomes of a line of somebody who is in: it goes on as it is given, is answered here, or ends the connection. */
export type Passage =
  | { readonly type: 'forward'; readonly line: string }
  | { readonly type: 'answer'; readonly line: string }
  | { readonly type: 'drop' };

/** What clients may say to the server behind the gate. What operators and other servers say isn't among it. */
const ALLOWED = new Set(
  'ADMIN AWAY INFO INVITE ISON JOIN KICK LIST LUSERS MODE MOTD NAMES NICK NOTICE PART PING PONG PRIVMSG QUIT TIME TOPIC USERHOST VERSION WHO WHOIS WHOWAS'.split(
    ' ',
  ),
);
/** RFC 2812 §2.3: 512 bytes with the line end. */
const MAX_LINE_BYTES = 510;
const SERVER = ':hub.karmakadabra.invalid';

/** Decides what becomes of a line. */
export function passLine(
  { command, rest }: IrcLine,
  nick: string,
  account: Account,
  mayBear: (account: Account, nick: string) => boolean,
): Passage {
  const answer = (text: string): Passage => ({ type: 'answer', line: `${SERVER} ${text}` });
  const line = rest === '' ? command : `${command} ${rest}`;
  if (line.includes('\0')) return { type: 'drop' };
  if (line.length > MAX_LINE_BYTES) return answer(`417 ${nick} :Input line was too long`);
  if (command === 'CAP') return capability(rest, nick);
  if (command === 'AUTHENTICATE') return answer(`907 ${nick} :You have already authenticated`);
  if (!ALLOWED.has(command)) return answer(`421 ${nick} ${command} :Unknown command`);
  if (command === 'NICK') {
    const wanted = firstParameter(rest);
    if (!mayBear(account, wanted)) {
      return answer(`432 ${nick} ${wanted.slice(0, 40) || '*'} :That nick does not belong to ${account.account}`);
    }
    return { type: 'forward', line: `NICK ${wanted}` };
  }
  return { type: 'forward', line };
}

function capability(rest: string, nick: string): Passage {
  const [sub = '', ...names] = rest.split(' ');
  const asked = names.join(' ').replace(/^:/, '').trim();
  if (/^ls$/i.test(sub)) return { type: 'answer', line: `${SERVER} CAP ${nick} LS :sasl` };
  if (/^list$/i.test(sub)) return { type: 'answer', line: `${SERVER} CAP ${nick} LIST :sasl` };
  if (/^req$/i.test(sub)) return { type: 'answer', line: `${SERVER} CAP ${nick} NAK :${asked.slice(0, 100)}` };
  return { type: 'drop' };
}

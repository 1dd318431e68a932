import type { Account } from '../core/hub-accounts.ts';
import { firstParameter, type IrcLine } from './irc-line.ts';

/** The decision on a line of a registered client: forward this text, reply, or drop it. */
export type FilteredLine =
  | { readonly type: 'forward'; readonly line: string }
  | { readonly type: 'reply'; readonly line: string }
  | { readonly type: 'drop' };

/** The commands that the gate forwards: none of operators or other servers. */
const FORWARDED = new Set(
  'ADMIN AWAY INFO INVITE ISON JOIN KICK LIST LUSERS MODE MOTD NAMES NICK NOTICE PART PING PONG PRIVMSG QUIT TIME TOPIC USERHOST VERSION WHO WHOIS WHOWAS'.split(
    ' ',
  ),
);
/** RFC 2812 §2.3: 512 bytes including CR LF. */
const MAX_LINE_BYTES = 510;
const SERVER = ':hub.karmakadabra.invalid';

/** Decides what the gate does with a line. */
export function filterLine(
  { command, rest }: IrcLine,
  nick: string,
  account: Account,
  mayUseNick: (account: Account, nick: string) => boolean,
): FilteredLine {
  const reply = (text: string): FilteredLine => ({ type: 'reply', line: `${SERVER} ${text}` });
  const line = rest === '' ? command : `${command} ${rest}`;
  if (line.includes('\0')) return { type: 'drop' };
  if (line.length > MAX_LINE_BYTES) return reply(`417 ${nick} :Input line was too long`);
  if (command === 'CAP') return capability(rest, nick);
  if (command === 'AUTHENTICATE') return reply(`907 ${nick} :You have already authenticated`);
  if (!FORWARDED.has(command)) return reply(`421 ${nick} ${command} :Unknown command`);
  if (command === 'NICK') {
    const wanted = firstParameter(rest);
    if (!mayUseNick(account, wanted)) {
      return reply(`432 ${nick} ${wanted.slice(0, 40) || '*'} :That nick does not belong to ${account.account}`);
    }
    return { type: 'forward', line: `NICK ${wanted}` };
  }
  return { type: 'forward', line };
}

function capability(rest: string, nick: string): FilteredLine {
  const [sub = '', ...names] = rest.split(' ');
  const asked = names.join(' ').replace(/^:/, '').trim();
  if (/^ls$/i.test(sub)) return { type: 'reply', line: `${SERVER} CAP ${nick} LS :sasl` };
  if (/^list$/i.test(sub)) return { type: 'reply', line: `${SERVER} CAP ${nick} LIST :sasl` };
  if (/^req$/i.test(sub)) return { type: 'reply', line: `${SERVER} CAP ${nick} NAK :${asked.slice(0, 100)}` };
  return { type: 'drop' };
}

import type { ParsedLine } from './format.ts';
import { withoutStatus } from './status-prefix.ts';

const NICK = String.raw`[^\s<>()]{1,64}`;
const HOST = String.raw`(?:\s+[[(][^\s()[\]]*[\])])?`;
const RENAME = new RegExp(
  `^(?:Nick change:\\s+)?(${NICK})${HOST}\\s+(?:is (?:now|currently) known as|changed? (?:his |her |its |their )?nick(?:name)? to|->)\\s+(${NICK}?)[.!]?\\s*$`,
  'iu',
);
const COMING_AND_GOING = [
  new RegExp(
    `^(${NICK})${HOST}\\s+(?:has |have )?(?:joined|left|quit|parted|disconnected)(?:\\s+(?:[#&+!(["']|the (?:channel|chat|room)|irc|$)|\\s*[.:([]|\\s*$)`,
    'iu',
  ),
  new RegExp(`^(${NICK})\\s+[[(]\\S*[@!]\\S*[\\])]\\s+(?:has )?(?:joined|left|quit|parts?|joins?)\\b`, 'iu'),
  new RegExp(`^(?:Joins?|Parts?|Quits?):\\s+(${NICK})`, 'iu'),
  new RegExp(`^(${NICK})${HOST}\\s+Quit\\s*[(:]`, 'u'),
  new RegExp(`^(${NICK}) (?:was|has been) (?:kicked|banned)\\b`, 'iu'),
  new RegExp(`^(${NICK}) (?:kicks|has kicked|kicked) ${NICK}(?:\\s+(?:from|off|out|[#(:])|\\s*$)`, 'iu'),
  new RegExp(
    `^(${NICK}) (?:sets? mode|changes? topic|has changed (?:the )?topic|sets? (?:the )?topic|has set (?:the )?topic)\\b`,
    'iu',
  ),
  new RegExp(
    `^(${NICK}) (?:gives|removes|took|grants) (?:channel )?(?:operator|voice|ops?|half-?op|owner|admin)\\b`,
    'iu',
  ),
];
const OF_THE_SERVER =
  /^(?:Now talking (?:in|on)\b|Topic (?:is|for|set|changed|on)\b|Topic: |Set by \S+ on\b|Set by \S+!\S+|Users on [#&]|End of \/?\w+ list|Channel [#&]\S+ (?:created|modes?)|[#&]\S+ (?:created on|url|:)|Disconnected\b|Attempting to (?:re)?join|Rejoined channel|Connect(?:ed|ing)\b.*(?:server|to )|You (?:are now|were|have been) |You're now known as|Retrieving\b|Mode (?:change|[#&])|Server\b.*\bmode|Loaded log from|Log(?:ging)? (?:opened|closed|started|ended)|Session (?:start|close|ident|time)|Ending\b.*log|No such nick|Cannot send|\S+ \S+ :No such|Netsplit\b|CTCP\b|Ping reply|\[\S+ \S+\] )/iu;

/** What the server says in a line that some programs write as they write actions; none for what somebody does. */
export function serverTalk(text: string): ParsedLine | undefined {
  const said = text.replace(/^\*{1,3}\s+/, '').trim();
  const [, from, to] = RENAME.exec(said) ?? [];
  if (from !== undefined && to !== undefined) {
    const names = [withoutStatus(from), withoutStatus(to)] as const;
    return { kind: 'presence', people: names.map((nick) => ({ nick, aliases: [] })), rename: names };
  }
  if (OF_THE_SERVER.test(said)) return { kind: 'server' };
  for (const pattern of COMING_AND_GOING) {
    const nick = pattern.exec(said)?.[1];
    if (nick !== undefined) return { kind: 'presence', people: [{ nick: withoutStatus(nick), aliases: [] }] };
  }
  return undefined;
}

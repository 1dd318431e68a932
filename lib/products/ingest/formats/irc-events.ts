import type { ParsedLine } from './format.ts';
import { ircSpeaker, presenceOf, renameOf } from './irc-names.ts';

const RENAME = /^(\S{1,64}) is now known as (\S{1,64}?)\.?\s*$/u;
const OWN_RENAME = /^(?:You're|You are) now known as (\S{1,64}?)\.?\s*$/u;
/** Who comes and goes: in brackets the host, and the account and the real name where the server tells them. */
const COMES_OR_GOES =
  /^(\S{1,64}) ((?:[[(][^\])]*[\])] ?)*)(?:(?:has )?(?:joined|left|quit)|Quit)\b *(?:\(.*|\[.*|[#&].*|the channel\b.*|irc\b.*|\.?$)/iu;
const LISTED = /^(?:Joins|Parts|Quits): (\S{1,64})(?: |$)/u;
const KICK = /^(\S{1,64}) was kicked (?:off |from \S+ )?by (\S{1,64})/u;
const KICKER = /^(\S{1,64}) (?:has )?kicked (\S{1,64}) from [#&]/u;
const CHANGES =
  /^(?:\S+ (?:sets? (?:channel )?modes?\b|has set modes?\b|changes? (?:the )?topic|(?:has )?changed (?:the )?topic|gives (?:channel|voice|half)|removes (?:channel|voice|half|ban)|sets (?:ban|exempt|channel)|has been kicked)|mode[/ ][#&]|Channel |(?:Now|You have) (?:talking|joined|left)|(?:Now )?talking (?:in|on) [#&]|Topic |Set by |Rejoined |Attempting |Disconnected|Connect|Retrieving |You (?:were|are|have)|Users on |Home page |End of |Loading |Netsplit|Netjoin|Server |Looking up|Ping )/iu;

/**
 * What a line that the server or the program says tells: who is there, renames; undefined when it isn't one of the usual lines of
 * IRC programs. For logs where such lines look like actions.
 */
export function serverEvent(text: string): ParsedLine | undefined {
  const [, from, to] = RENAME.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return renameOf(from, to);
  const own = OWN_RENAME.exec(text)?.[1];
  if (own !== undefined) return presenceOf(own);
  const [, visitor, brackets = ''] = COMES_OR_GOES.exec(text) ?? [];
  if (visitor !== undefined) {
    const names = [...brackets.matchAll(/[[(]([^\])@]*)[\])]/gu)].map(([, name = '']) => name.trim());
    return { kind: 'presence', people: [ircSpeaker(visitor, ...names)] };
  }
  const listed = LISTED.exec(text)?.[1];
  if (listed !== undefined) return presenceOf(listed);
  const [, kicked, kicker] = KICK.exec(text) ?? KICKER.exec(text) ?? [];
  if (kicked !== undefined && kicker !== undefined) return presenceOf(kicked, kicker);
  return CHANGES.test(text) ? { kind: 'server' } : undefined;
}

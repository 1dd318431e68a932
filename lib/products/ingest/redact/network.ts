import { isIPv6 } from 'node:net';
import { finder, type Rule } from './rule.ts';

const MAC =
  /(?<![\p{L}\p{N}:])(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?:[:-][0-9a-f]{2}[:-][0-9a-f]{2})?|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\p{L}\p{N}:])/giu;
const BARE_MAC = /\b(?:hwaddr|mac|ether|bssid)(?: address| is| addr)?[\s:=]{1,3}(?<secret>[0-9a-f]{12})(?![0-9a-z])/gi;
const IPV4 =
  /(?<!\d|\d\.)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\s?[[({]?(?:\.|dot)[\])}]?\s?(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d|\.\d)/g;
const IPV4_IN_HOST = /(?<!\d)\d{1,3}(?:-\d{1,3}){3}(?=[\p{L}\p{N}-]{0,80}\.[\p{L}\p{N}])/gu;
const MAYBE_IPV6 = /[0-9a-f:.]{2,}(?:%[0-9a-z]{1,16})?/gi;

/** What a number of four parts comes after when it is the version of a program. */
const VERSION_BEFORE =
  /(?:\bv|\bver(?:sion)?|versión|kernel|firefox|ff|thunderbird|seamonkey|opera|chrom(?:e|ium)|java|jre|flash|wine|release|driver|nvidia|fglrx|catalyst|php|mysql|postgres|apache|python|perl|ruby|gcc|xorg|mesa|alsa|kde|gnome|amarok|skype|pidgin|gaim|vlc|mplayer|xine|openssl|libc6?|>=|candidate:)[\s./_-]{0,2}(?:\d:)?$/i;
/** A package's name before its version: `linux-image-2.6.20.1`; a host's name is none. */
const PACKAGE_BEFORE =
  /(?<![\p{L}\p{N}])(?!(?:ip|host|hosts|addr|server|dsl|pool|dyn|static|ppp|dhcp)[-_])\p{L}[\p{L}\p{N}+]{1,30}(?:-[\p{L}\p{N}+]{1,20}){0,4}[-_]$/u;

/** Whether a number of four parts is a version: its place tells. */
function isVersion(match: string, before: string, after: string): boolean {
  if (
    /^2\.6\.(?:[89]|[123]\d)\.\d{1,2}$/.test(match) ||
    /^[-_~+][\w~.+-]{0,30}(?:\.deb|\.rpm|\.tar|ubuntu)|^-\d{1,3}(?:-[a-z]|\s|$)/.test(after)
  )
    return true;
  return VERSION_BEFORE.test(before) || PACKAGE_BEFORE.test(before);
}

/** Hardware and IP addresses (RFC 4291 §2.2 for IPv6), also inside the names of hosts. */
export const NETWORK_RULES: readonly Rule[] = [
  {
    kind: 'mac',
    run: 14,
    digits: 1,
    any: [':', '-', '.'],
    hint: /[0-9a-f][:-][0-9a-f]{2}[:-][0-9a-f]|[0-9a-f]{4}\.[0-9a-f]{4}\./i,
    find: finder(MAC),
  },
  {
    kind: 'mac',
    run: 12,
    any: ['hwaddr', 'mac', 'ether', 'bssid'],
    find: finder(BARE_MAC, ({ secret }) => /\d/.test(secret)),
  },
  { kind: 'ip', any: [':'], hint: /:.*:/s, find: ipv6Addresses },
  {
    kind: 'ip',
    digits: 4,
    hint: /\d\.\d|\d\s?\[?(?:dot|\.)/,
    find: finder(IPV4, ({ secret, before, after }) => !isVersion(secret, before, after)),
  },
  { kind: 'ip', digits: 4, any: ['-'], hint: /\d-\d/, find: finder(IPV4_IN_HOST) },
];

function* ipv6Addresses(text: string): Iterable<{ start: number; end: number }> {
  for (const { 0: run, index } of text.matchAll(MAYBE_IPV6)) {
    const address = ipv6Within(run, text[index - 1] ?? ' ', text[index + run.length] ?? ' ');
    if (address === undefined) continue;
    const start = index + run.indexOf(address);
    yield { start, end: start + address.length };
  }
}

/** The IPv6 address in a run of hex digits, colons and dots, if there is one. */
function ipv6Within(run: string, before: string, after: string): string | undefined {
  const colons = run.split(':').length - 1;
  if (colons < 2) return undefined;
  // `std::find`: letters go on at one end, and what is in between is short.
  if (colons < 4 && (/[\p{L}_]/u.test(before) || /[\p{L}_]/u.test(after))) return undefined;
  const trimmed = run.replace(/[.]+$/, '');
  const candidates = [
    trimmed,
    trimmed.replace(/^:(?!:)/, ''),
    trimmed.replace(/(?<!:):$/, ''),
    trimmed.replace(/^:(?!:)|(?<!:):$/g, ''),
  ];
  for (const candidate of candidates) if (isIPv6(candidate)) return candidate;
  return colons >= 7 ? trimmed : undefined;
}

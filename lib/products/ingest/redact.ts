import { isIPv6 } from 'node:net';
import { KEY_RULES } from './key-patterns.ts';

/** What is redacted, each under its own placeholder: `[email]`, `[ip]`, … */
export const REDACTED = ['email', 'ip', 'mac', 'phone', 'key'] as const;
export type Redacted = (typeof REDACTED)[number];

/** Counts what was redacted, by kind. */
export type RedactionCounts = Record<Redacted, number>;

const EMAIL =
  /(?:"[^"\s]{1,64}"|[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,128})@(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62})(?:\.[\p{L}\p{N}-]{1,63})*/gu;
const SPELLED_EMAIL =
  /[\p{L}\p{N}._+-]{1,64}\s?[([{<]?\s?(?:at|arroba)\s?[)\]}>]?\s?[\p{L}\p{N}-]{1,63}\s?[([{<]?\s?(?:dot|punto)\s?[)\]}>]?\s?\p{L}{2,10}(?![\p{L}\p{N}])/giu;
const MAC = /(?<![\p{L}\p{N}:])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\p{L}\p{N}:])/giu;
const IPV4 = /(?<!\d|\d\.)(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d|\.\d)/g;
const IPV4_IN_HOST = /(?<!\d)\d{1,3}(?:-\d{1,3}){3}(?=[\p{L}\p{N}-]{0,80}\.[\p{L}\p{N}])/gu;
const MAYBE_IPV6 = /[0-9a-f:.]{2,}(?:%[0-9a-z]{1,16})?/gi;
const PHONES = [
  /(?<![\p{L}\p{N}+])(?:\+|00)[1-9](?:[\s().-]{0,2}\d){6,14}(?!\d)/gu,
  /(?<![\p{L}\p{N}.-])\(?[2-9]\d{2}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}(?![\p{L}\p{N}]|[.-]\d)/gu,
  /(?<![\p{L}\p{N}.,:/-])[6789]\d{2}(?:(?:[\s.-]\d{3}){2}|(?:[\s.-]\d{2}){3})(?![\p{L}\p{N}]|[.:-]\d)/gu,
  /(?<![\p{L}\p{N}.,:/-])(?:[2-9]\d{2}[2-9]\d{6}|[67]\d{8})(?![\p{L}\p{N}]|[.:-]\d)/gu,
];
const PHONE_AFTER_WORD =
  /(?<!\p{L})((?:tel|tlf|tlfno|phone|mobile|cell|whatsapp|call(?: me)?(?: at| on)?|m[oó]vil|celular|tel[eé]fono|ll[aá]mame(?: al?)?)[\s:.#-]{1,4})\d(?:[\s().-]?\d){6,14}/giu;

/**
 * Replaces e-mail addresses, IP and hardware addresses, phone numbers and keys by placeholders and counts them. Works in
 * time linear in the length of `text`; when in doubt, redacts a version number as an address.
 */
export function redact(text: string, counts: RedactionCounts): string {
  const replaceAll = (value: string, pattern: RegExp, kind: Redacted, keep?: (match: string) => boolean) =>
    value.replace(pattern, (match) => {
      if (keep?.(match)) return match;
      counts[kind] += 1;
      return `[${kind}]`;
    });
  let result = text;
  if (/[0-9a-z+/_:-]{16}|-----|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}|[=@]/i.test(result)) {
    for (const { pattern, isKey } of KEY_RULES) {
      result = replaceAll(result, pattern, 'key', isKey === undefined ? undefined : (match) => !isKey(match));
    }
  }
  if (result.includes('@')) result = replaceAll(result, EMAIL, 'email');
  if (/dot|punto/i.test(result)) result = replaceAll(result, SPELLED_EMAIL, 'email');
  if (!/\d.*\d|:.*:/s.test(result)) return result;
  if (/[:-].*[:-].*[:-].*[:-].*[:-]/s.test(result)) result = replaceAll(result, MAC, 'mac');
  if (/:.*:/s.test(result)) {
    result = result.replace(MAYBE_IPV6, (match, offset: number, whole: string) => {
      const address = ipv6Within(match, whole[offset - 1] ?? ' ', whole[offset + match.length] ?? ' ');
      if (address === undefined) return match;
      counts.ip += 1;
      return match.replace(address, '[ip]');
    });
  }
  if (/\d\.\d/.test(result)) result = replaceAll(result, IPV4, 'ip');
  if (/\d-\d/.test(result)) result = replaceAll(result, IPV4_IN_HOST, 'ip');
  if (/\d(?:\D{0,3}\d){6}/.test(result)) {
    result = result.replace(PHONE_AFTER_WORD, (_match, word: string) => {
      counts.phone += 1;
      return `${word}[phone]`;
    });
    for (const pattern of PHONES) result = replaceAll(result, pattern, 'phone');
  }
  return result;
}

/** The IPv6 address (RFC 4291 §2.2) in a run of hex digits, colons and dots, if there is one. */
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

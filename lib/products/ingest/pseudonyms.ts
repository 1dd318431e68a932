import { createHmac } from 'node:crypto';
import { SwarmError } from '../../core/errors.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const MAX_REMEMBERED = 200_000;

/** Maps nicks to pseudonyms. The same key gives the same pseudonyms; without the key they can't be reversed. */
export interface Pseudonyms {
  /** The pseudonym of a nick, as in `anon-k7q2m4xw3a`. Case and IRC's equivalent brackets make no difference. */
  readonly of: (nick: string) => string;
  /** A digest under the key by which a text is known again and not read. */
  readonly digestOf: (text: string) => string;
  /** An identifier of the key that doesn't reveal it. */
  readonly keyId: string;
}

/**
 * Creates pseudonyms: HMAC-SHA256 (RFC 2104) over the normalized nick, its first 50 bits in base32 (RFC 4648, lower case).
 * @throws SwarmError `products/weak-key` for a key of fewer than 16 bytes.
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  if (key.length < 16) {
    throw new SwarmError({
      code: 'products/weak-key',
      disposition: 'stop',
      message: `The key of the pseudonyms has ${key.length} bytes`,
      next: 'Give at least 16 random bytes; 32 are usual.',
    });
  }
  const secret = Uint8Array.from(key);
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest();
  let known = new Map<string, string>();
  let digests = new Map<string, string>();
  return {
    digestOf: (text) => {
      const found = digests.get(text);
      if (found !== undefined) return found;
      if (digests.size >= MAX_REMEMBERED) digests = new Map();
      const digest = base32(hmac(`fact\0${text}`), 16);
      digests.set(text, digest);
      return digest;
    },
    of: (nick) => {
      const normal = normalizeNick(nick);
      const found = known.get(normal);
      if (found !== undefined) return found;
      if (known.size >= MAX_REMEMBERED) known = new Map();
      const pseudonym = `anon-${base32(hmac(`nick\0${normal}`), 10)}`;
      known.set(normal, pseudonym);
      return pseudonym;
    },
    keyId: hmac('key id').toString('hex').slice(0, 16),
  };
}

/**
 * The form in which nicks are compared: NFKC, lower case, and `[]\~` as `{}|^` (RFC 2812 §2.2). Renames are not followed:
 * each nick is a person of its own.
 */
export function normalizeNick(nick: string): string {
  return nick
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]/gu, '')
    .toLowerCase()
    .replaceAll('[', '{')
    .replaceAll(']', '}')
    .replaceAll('\\', '|')
    .replaceAll('~', '^');
}

function base32(bytes: Uint8Array, digits: number): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && text.length < digits) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
    }
  }
  return text;
}

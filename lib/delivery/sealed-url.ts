import { armor, Decrypter, Encrypter } from 'age-encryption';
import { SwarmError } from '../core/errors.ts';

const MAX_SEALED_URL_CHARACTERS = 16_384;

/** Encrypts a presigned URL to a delivery key, as ASCII armor for the trade note. */
export async function sealUrl(url: string, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(url));
}

/**
 * Decrypts a URL from a trade note, which a stranger wrote.
 * @throws SwarmError `delivery/bad-url` for anything but armor under 16 KiB that holds an http(s) URL for this identity.
 */
export async function openSealedUrl(armored: string, identity: string): Promise<string> {
  if (armored.length > MAX_SEALED_URL_CHARACTERS) throw badUrl('its armor is too long');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  let url: string;
  try {
    url = await decrypter.decrypt(armor.decode(armored), 'text');
  } catch {
    throw badUrl("it doesn't decrypt with this request's delivery key");
  }
  parseDownloadUrl(url);
  return url;
}

/**
 * Parses a URL that goods may be fetched from: http or https, without user and password.
 * @throws SwarmError `delivery/bad-url`, without the URL, because it is a secret.
 */
export function parseDownloadUrl(text: string): URL {
  if (!URL.canParse(text)) throw badUrl('it is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badUrl('it is neither http nor https');
  if (url.username !== '' || url.password !== '') throw badUrl('it carries a user name');
  return url;
}

function badUrl(why: string): SwarmError {
  return new SwarmError({
    code: 'delivery/bad-url',
    disposition: 'wait',
    message: `The seller's download URL can't be used: ${why}`,
    next: 'Wait for the seller to renew it; if it does not, the request expires by itself.',
  });
}

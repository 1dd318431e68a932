import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Cost of one hash: about 30 ms and 16 MiB, on Node's thread pool. Passwords are long and random, so this only needs to slow guessing down. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const FORMAT = /^scrypt\$16384\$8\$1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** A password hash as text: `scrypt$N$r$p$salt$key` (RFC 7914), the last two in base64url. */
export const passwordHash = z.string().regex(FORMAT, 'must be scrypt$16384$8$1$<salt>$<key>');

/** Hashes a password with a fresh salt. The hub, the keys and the local services all use it; it does no I/O. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Whether a password matches a hash, compared in constant time. False for a text that is no hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, salt, key] = FORMAT.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url')), expected);
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

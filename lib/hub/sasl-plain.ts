/** A name and a password as SASL PLAIN carries them. */
export interface PlainCredentials {
  readonly name: string;
  readonly password: string;
}

/**
 * Parses the message of SASL PLAIN in base64 (RFC 4616: authorization identity, NUL, name, NUL, password). Undefined
 * for anything else, and when the authorization identity differs from the name.
 */
export function parseSaslPlain(base64: string): PlainCredentials | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const [identity, name, password, ...rest] = Buffer.from(base64, 'base64').toString('utf8').split('\0');
  if (identity === undefined || name === undefined || password === undefined || rest.length > 0) return undefined;
  if (name === '' || password === '' || (identity !== '' && identity !== name)) return undefined;
  return { name, password };
}

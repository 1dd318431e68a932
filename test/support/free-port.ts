import { randomInt } from 'node:crypto';
import getPort from 'get-port';

/** Below the ports that the system gives to outgoing connections, so that none of those takes one in between. */
const [FIRST, LAST] = [12_000, 32_000];

/** A port of loopback on which nothing listens. */
export function freePort(): Promise<number> {
  return getPort({ host: '127.0.0.1', port: Array.from({ length: 50 }, () => randomInt(FIRST, LAST)) });
}

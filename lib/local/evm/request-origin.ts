import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../../core/loopback.ts';

/**
 * Says why a request must not reach an embedded chain; undefined if it may. A web page reaches servers of this machine, too: under a
 * name of its own that it lets point here (DNS rebinding), which the Host header tells, or across origins, which Origin and
 * Sec-Fetch-Site tell. The swarm's own clients are no browsers and send neither.
 * @param names hosts besides loopback and addresses that the server is called by, in lower case.
 */
export function refusalOfRequest(
  { headers, url }: Pick<IncomingMessage, 'headers' | 'url'>,
  names: readonly string[] = [],
): string | undefined {
  const host = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase();
  // Only a name can be made to point elsewhere: who calls an address calls what is there.
  const isKnown =
    host !== undefined && (isLoopback(host) || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || names.includes(host));
  // A request line with a host of its own outranks the Host header (RFC 9112 §3.2.2): only proxies are sent one.
  if (!isKnown || url?.startsWith('/') !== true) return 'it was called by another name';
  if (headers.origin !== undefined) return 'web pages may not call it';
  if (!['none', undefined].includes(headers['sec-fetch-site']?.toString())) return 'web pages may not call it';
  return undefined;
}

import { z } from 'zod';
import { baseSepolia, formatChainId } from '../../core/chains.ts';

/** The IRC server of a URL. */
interface ChannelAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const IRC_PORTS = { 'ircs:': 6697, 'irc:': 6667 } as const;

/**
 * A schema of URLs without user and password, with one of the given schemes, or with an `open` one (clear text) on loopback.
 * Errors don't repeat the URL.
 */
export function urlOf(schemes: readonly string[], open: readonly string[], example: string) {
  return z.string().transform((text, context): URL => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && url.username === '' && url.password === '') {
      if (schemes.includes(url.protocol)) return url;
      if (open.includes(url.protocol) && isLoopback(url)) return url;
    }
    // The value is not repeated: a URL may hold a key.
    context.addIssue({ code: 'custom', message: `must be an address without a password, as in ${example}` });
    return z.NEVER;
  });
}

/** A chain id, with or without its CAIP-2 namespace. */
export const chainId = z
  .string()
  .regex(/^(?:eip155:)?[1-9]\d{0,15}$/, `must be a chain id, as in ${formatChainId(baseSepolia.id)}`)
  .transform((text) => Number(text.replace('eip155:', '')));

/** The URL of the IRC server, as in `ircs://hub:6697`. */
export const channelAddress = urlOf(['ircs:'], ['irc:'], 'ircs://hub:6697').transform(
  (url): ChannelAddress => ({
    host: url.hostname,
    port: url.port === '' ? IRC_PORTS[url.protocol as keyof typeof IRC_PORTS] : Number(url.port),
    tls: url.protocol === 'ircs:',
  }),
);

/** A whole number of seconds, at least 1. */
export const seconds = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'must be a whole number of seconds')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`);

/** The name of a bucket of S3. */
export const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket');

/** Clear text is allowed on loopback only: these connections carry passwords and orders. */
function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
}

import { z } from 'zod';
import { isLoopback } from '../core/loopback.ts';

/** The address of an RPC. It may have a key in its path or its query, and is a secret then. http is allowed on loopback only. */
export const rpcAddress = z.string().max(2000).refine(isSafe, 'must be an https address');

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

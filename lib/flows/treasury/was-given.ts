import type { Address } from 'viem';
import type { Manifest } from '../../core/manifest.ts';
import type { ChainClient } from '../../market/chain/chain-client.ts';
import { readAuthorizationState } from '../../market/token/token.ts';
import { handOutNonce } from './treasury-nonce.ts';

/**
 * Says whether a treasury has given an agent its budget of a day, or its start, by the token's own word: what else moved
 * between the two, and in whose name, doesn't count.
 * @throws SwarmError `market/chain-unreachable`
 */
export function readWasGiven(
  client: ChainClient,
  token: Address,
  treasury: Address,
  manifest: Manifest,
  day: number,
): Promise<boolean> {
  return readAuthorizationState(client, token, treasury, handOutNonce(manifest, day));
}

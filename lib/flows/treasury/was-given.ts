import type { Address } from 'viem';
import type { Manifest } from '../../core/manifest.ts';
import type { ChainClient } from '../../market/chain/chain-client.ts';
import { readAuthorizationState } from '../../market/token/token.ts';
import { handOutNonce } from './treasury-nonce.ts';

/**
 * Reads from the token whether a treasury has given an agent its top-up of a day, or its birth grant. Other transfers
 * between the two don't count.
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

import { encodePacked, type Hex, keccak256 } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import { purposeOf } from './allowance.ts';

/**
 * The EIP-3009 nonce of a treasury's transfer: keccak256 of its purpose, the agent and the budget day. The token accepts
 * each nonce once, so no crash and no repetition can move the same money twice.
 */
export function treasuryNonce(purpose: 'top-up' | 'birth' | 'return', agent: AgentName, day: number): Hex {
  return keccak256(
    encodePacked(['string', 'string', 'uint256'], [`kk/${purpose}/1`, agent, BigInt(purpose === 'birth' ? 0 : day)]),
  );
}

/**
 * The nonce of an agent's top-up or birth grant. With it the token tells whether the transfer was made, by the running
 * treasury or by the operator, and no other transfer to the agent changes the answer.
 */
export function handOutNonce(manifest: Manifest, day: number): Hex {
  return treasuryNonce(purposeOf(manifest), manifest.metadata.name, day);
}

import { z } from 'zod';
import { address } from '../../core/ids.ts';
import { readOwnJson } from '../../files/own-json.ts';

const deployment = z.object({
  chainId: z.number().int().positive(),
  escrow: address,
  token: address,
  /** The name in the token's EIP-712 domain; "USD Coin" if absent. */
  tokenName: z.string().min(1).max(60).optional(),
  /** The block from which the escrow's events are read. */
  fromBlock: z.number().int().min(0),
});

/** The addresses of the market's contracts. */
export type Deployment = z.infer<typeof deployment>;

/**
 * Reads a deployment file; undefined if there is none.
 * @throws SwarmError `contracts/bad-record` for an invalid file: it is not ignored, because its escrow may hold open trades.
 */
export function readDeployment(file: string): Promise<Deployment | undefined> {
  return readOwnJson(file, deployment, {
    code: 'contracts/bad-record',
    next: 'Restore it from a copy, or move it away: the same command finds the deployed contracts again.',
  });
}

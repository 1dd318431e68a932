import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { address } from '../../core/ids.ts';

const deployment = z.object({
  chainId: z.number().int().positive(),
  escrow: address,
  token: address,
  /** The name in the token's EIP-712 domain; "USD Coin" if absent. */
  tokenName: z.string().min(1).max(60).optional(),
  /** The block from which the escrow's events are read. */
  fromBlock: z.number().int().min(0),
});

/** Where the market's contracts are. */
export type Deployment = z.infer<typeof deployment>;

/** Reads a deployment file; undefined where there is none or it isn't whole. */
export async function readDeployment(file: string): Promise<Deployment | undefined> {
  try {
    return deployment.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

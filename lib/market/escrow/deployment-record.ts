import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Address, Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';
import { explainWriteErrors } from '../../files/explain-write-errors.ts';
import type { Deployment } from './deployment.ts';

/** The origin of a deployment, for auditors only: no code reads it. */
export interface Provenance {
  readonly chain: string;
  readonly factory: Address;
  readonly salt: Hex;
  readonly initCodeHash: Hex;
  readonly minRevealWindowSeconds: number;
  readonly minDisputeWindowSeconds: number;
  /** The commit whose artifact was deployed. */
  readonly revision: string;
  /** Absent if the escrow was found and not deployed. */
  readonly tx?: Hex;
  readonly payer?: Address;
  readonly at: string;
}

/**
 * Checks that a record isn't of another deployment, whose open trades would be lost from sight.
 * @throws SwarmError `contracts/other-deployment`
 */
export function requireSameDeployment(
  record: Deployment | undefined,
  wanted: Omit<Deployment, 'fromBlock'>,
  file: string,
): void {
  if (record === undefined) return;
  const { chainId, escrow, token } = record;
  if (chainId === wanted.chainId && escrow === wanted.escrow && token === wanted.token) return;
  throw new SwarmError({
    code: 'contracts/other-deployment',
    disposition: 'stop',
    message: `${file} is of escrow ${escrow} on chain ${chainId}, but the configuration gives ${wanted.escrow} on chain ${wanted.chainId}`,
    next: 'If you want a new escrow, finish the trades of the old one and move its record away first. Nothing was sent.',
  });
}

/**
 * Writes the record of a deployment, which agents are configured with, and its origin.
 * @throws SwarmError `swarm/unwritable`; the same command then finds the deployment and can write the record elsewhere.
 */
export async function writeRecord(file: string, deployment: Deployment, provenance: Provenance): Promise<void> {
  const record = { apiVersion: 'karmakadabra/v1', kind: 'Deployment', ...deployment, provenance };
  await explainWriteErrors(file, '--deployment', async () => {
    await mkdir(dirname(file), { recursive: true });
    await writeDurably(file, `${JSON.stringify(record, null, 2)}\n`);
  });
}

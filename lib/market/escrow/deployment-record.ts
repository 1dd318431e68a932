import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Address, Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';
import { writing } from '../../files/writing.ts';
import type { Deployment } from './deployment.ts';

/** Where a deployment came from: for the auditor, nothing reads it. */
export interface Provenance {
  readonly chain: string;
  readonly factory: Address;
  readonly salt: Hex;
  readonly initCodeHash: Hex;
  readonly minRevealWindowSeconds: number;
  readonly minDisputeWindowSeconds: number;
  /** The commit whose artifact was deployed. */
  readonly revision: string;
  /** Absent when it was found in place. */
  readonly tx?: Hex;
  readonly payer?: Address;
  readonly at: string;
}

/**
 * Makes sure that a record isn't of another deployment: what trades in it must not be forgotten.
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
    next: 'If a new escrow is meant, finish the trades of the old one and move its record away first. Nothing was sent.',
  });
}

/**
 * Writes the record: what agents are configured with, and where it came from.
 * @throws SwarmError `swarm/unwritable`; the same command then finds what it deployed and writes it elsewhere.
 */
export async function writeRecord(file: string, deployment: Deployment, provenance: Provenance): Promise<void> {
  const record = { apiVersion: 'karmakadabra/v1', kind: 'Deployment', ...deployment, provenance };
  await writing(file, '--deployment', async () => {
    await mkdir(dirname(file), { recursive: true });
    await writeDurably(file, `${JSON.stringify(record, null, 2)}\n`);
  });
}

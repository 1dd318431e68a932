import { z } from 'zod';
import { address } from '../core/ids.ts';
import { parseJson } from '../core/json.ts';
import type { OperatorKeys } from '../core/operator-keys.ts';
import { swarmId } from '../core/signed-note.ts';
import { readOperatorKeys } from '../files/operator-keys-file.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import type { HubConfig } from './hub-config.ts';

/** Whose signatures count at the hub, and for which swarm. */
export interface OrderAuthority {
  readonly keys: OperatorKeys;
  readonly swarm: string;
}

/** The part of the hub's configuration that says so. */
export type OrderConfig = Pick<HubConfig, 'operatorKeys' | 'swarm'>;

const deployment = z.object({ chainId: z.number().int().positive(), escrow: address });
const MAX_DEPLOYMENT_BYTES = 64 * 1024;

/**
 * Reads who may order what; undefined for a hub that isn't told its swarm.
 * @throws Error while the keys or the deployment can't be read.
 */
export async function readOrderAuthority({ operatorKeys, swarm }: OrderConfig): Promise<OrderAuthority | undefined> {
  if (swarm === undefined) return undefined;
  return { keys: await readOperatorKeys(operatorKeys), swarm: swarmId(await readSwarm(swarm)) };
}

async function readSwarm(
  swarm: NonNullable<OrderConfig['swarm']>,
): Promise<{ readonly chainId: number; readonly escrow: string }> {
  if ('escrow' in swarm) return swarm;
  return deployment.parse(parseJson(await readRegularFile(swarm.deployment, MAX_DEPLOYMENT_BYTES)));
}

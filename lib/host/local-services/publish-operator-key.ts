import { join } from 'node:path';
import { writeDurably } from '../../files/durable.ts';
import { openOperatorKey } from '../operator-key.ts';
import type { LocalEnvironment } from './local-environment.ts';

/** The file of the operator's private key, in the folder that only set-up may read. */
export const operatorKeyFile = (state: string): string => join(state, 'operator-key');

/**
 * Creates the operator's key of a swarm of containers at the first set-up, and puts its public key where the hub and all agents
 * read it. `local-setup --show operator-key` prints the private one.
 */
export async function publishOperatorKey({
  KK_STATE,
  KK_SHARED,
}: Pick<LocalEnvironment, 'KK_STATE' | 'KK_SHARED'>): Promise<void> {
  const { line } = await openOperatorKey(operatorKeyFile(KK_STATE));
  await writeDurably(join(KK_SHARED, 'operator-key.pub'), `${line}\n`, { onlyIfChanged: true });
}

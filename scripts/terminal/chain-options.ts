import { join, resolve } from 'node:path';
import { projectPath } from '../../lib/files/project.ts';
import type { ChainConfig } from '../../lib/market/chain/chain-config.ts';

/** What the commands about a chain have in common, as it comes from the command line. */
export interface ChainOptions {
  readonly chain: string;
  readonly deployment?: string;
  readonly json?: boolean;
}

/** Where the record of a chain's deployment is, or is to be written. */
export function recordFile({ deployment }: ChainOptions, { name }: ChainConfig): string {
  return deployment === undefined ? join(projectPath('infra'), 'deployments', `${name}.json`) : resolve(deployment);
}

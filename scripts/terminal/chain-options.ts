import { join, resolve } from 'node:path';
import { projectPath } from '../../lib/files/project.ts';
import type { ChainConfig } from '../../lib/market/chain/chain-config.ts';

/** The options that all commands about a chain share, unparsed. */
export interface ChainOptions {
  readonly chain: string;
  readonly deployment?: string;
  readonly json?: boolean;
}

/** The path of the record of a chain's deployment, whether or not it exists. */
export function recordFile({ deployment }: ChainOptions, { name }: ChainConfig): string {
  return deployment === undefined ? join(projectPath('infra'), 'deployments', `${name}.json`) : resolve(deployment);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from 'viem';
import { isMap, parseDocument, Scalar } from 'yaml';
import { SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';
import { statementOf, type Wallet } from './wallets.ts';

/** Sets `spec.wallet.address` in the text of a manifest; all else, comments too, stays as it is. Pure. */
export function withAddress(text: string, address: Address): string | undefined {
  const document = parseDocument(text, { schema: 'core' });
  const wallet = document.getIn(['spec', 'wallet']);
  if (document.errors.length > 0 || !isMap(wallet)) return undefined;
  // Unquoted it would be a number.
  const quoted = new Scalar<string>(address);
  quoted.type = 'QUOTE_DOUBLE';
  wallet.set('address', quoted);
  return document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
}

/**
 * Writes the addresses of wallets into the manifests that don't state them, and gives the names of those that it wrote to.
 * @throws SwarmError `keys/unwritable-manifest`
 */
export async function writeAddresses(agentsDir: string, wallets: readonly Wallet[]): Promise<readonly string[]> {
  const written: string[] = [];
  for (const wallet of wallets) {
    const statement = statementOf(wallet);
    if (statement === 'same' || statement === 'no-manifest') continue;
    await writeAddress(agentsDir, wallet.name, wallet.address);
    written.push(wallet.name);
  }
  return written;
}

async function writeAddress(agentsDir: string, name: string, address: Address): Promise<void> {
  const file = join(agentsDir, name, 'manifest.yaml');
  try {
    const text = withAddress(await readFile(file, 'utf8'), address);
    if (text === undefined) throw new Error('it has no spec.wallet');
    await writeDurably(file, text);
  } catch (cause) {
    throw new SwarmError({
      code: 'keys/unwritable-manifest',
      disposition: 'stop',
      message: `${file} could not be written: ${cause instanceof Error ? cause.message : 'unknown error'}`,
      next: 'Make it writable and run the same command again. Manifests that were written already stay.',
      cause,
    });
  }
}

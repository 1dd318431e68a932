import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from 'viem';
import { isMap, parseDocument, Scalar } from 'yaml';
import { SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';

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
 * Writes the address of an agent's wallet into its manifest.
 * @throws SwarmError `keys/unwritable-manifest`
 */
export async function writeAddress(agentsDir: string, name: string, address: Address): Promise<void> {
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
      next: 'Make it writable and run the same command again: what is written already stays.',
      cause,
    });
  }
}

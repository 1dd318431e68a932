import type { Hex } from 'viem';
import { z } from 'zod';
import { hexBytes } from '../../core/ids.ts';
import escrowJson from './escrow.artifact.json' with { type: 'json' };
import usdcJson from './test-usdc.artifact.json' with { type: 'json' };

const artifact = z.object({
  contract: z.string(),
  bytecode: hexBytes,
  deployedBytecode: hexBytes,
  /** The byte ranges of the runtime code that deployment fills in. */
  immutables: z.array(z.object({ start: z.number().int(), length: z.number().int() })),
});

/** A compiled contract, as `scripts/build/contracts.ts` writes it. */
export type ContractArtifact = Readonly<z.output<typeof artifact>>;

export const escrowArtifact: ContractArtifact = artifact.parse(escrowJson);
export const testUsdcArtifact: ContractArtifact = artifact.parse(usdcJson);

/** Whether runtime code is the artifact's, whatever the values of its immutables. */
export function isCodeOf(compiled: ContractArtifact, code: Hex): boolean {
  if (code.length !== compiled.deployedBytecode.length) return false;
  return mask(code, compiled) === mask(compiled.deployedBytecode, compiled);
}

function mask(code: Hex, compiled: ContractArtifact): string {
  const bytes = Buffer.from(code.slice(2), 'hex');
  for (const { start, length } of compiled.immutables) bytes.fill(0, start, start + length);
  return bytes.toString('hex');
}

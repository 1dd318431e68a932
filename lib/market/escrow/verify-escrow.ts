import type { Address } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import { type ContractArtifact, escrowArtifact, isCodeOf } from '../contracts/artifact.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';

/** The minimum windows of a chain's escrow, in seconds. */
export interface EscrowSettings {
  readonly minRevealWindow: number;
  readonly minDisputeWindow: number;
}

/**
 * Checks that the contract at an address is this project's escrow, for this token and with these windows.
 * @throws SwarmError `market/wrong-deployment`
 */
export async function verifyEscrow(
  client: ChainClient,
  escrow: Address,
  token: Address,
  settings: EscrowSettings,
): Promise<void> {
  const contract = { address: escrow, abi: escrowAbi } as const;
  await verifyCode(client, escrow, escrowArtifact);
  const [heldToken, reveal, dispute] = await readingChain('the escrow’s settings', () =>
    Promise.all([
      client.readContract({ ...contract, functionName: 'TOKEN' }),
      client.readContract({ ...contract, functionName: 'MIN_REVEAL_WINDOW' }),
      client.readContract({ ...contract, functionName: 'MIN_DISPUTE_WINDOW' }),
    ]),
  );
  if (heldToken.toLowerCase() !== token.toLowerCase())
    throw wrongDeployment(escrow, `it holds ${heldToken}, not ${token}`);
  if (reveal !== BigInt(settings.minRevealWindow) || dispute !== BigInt(settings.minDisputeWindow)) {
    const wanted = `${settings.minRevealWindow} s and ${settings.minDisputeWindow} s`;
    throw wrongDeployment(escrow, `its least windows are ${reveal} s and ${dispute} s, not ${wanted}`);
  }
}

/**
 * Checks that the contract at an address has an artifact's code.
 * @throws SwarmError `market/wrong-deployment`
 */
export async function verifyCode(client: ChainClient, address: Address, artifact: ContractArtifact): Promise<void> {
  const code = await readingChain('a contract’s code', () => client.getCode({ address }));
  if (code === undefined || !isCodeOf(artifact, code))
    throw wrongDeployment(address, `its code is not that of ${artifact.contract}`);
}

/** The error of a contract that is not the expected one. */
export function wrongDeployment(address: Address, why: string): SwarmError {
  return new SwarmError({
    code: 'market/wrong-deployment',
    disposition: 'stop',
    message: `The contract at ${address} can't be used: ${why}`,
    next: 'Check the chain and the addresses in the configuration; on the embedded chain, start with a fresh state folder.',
  });
}

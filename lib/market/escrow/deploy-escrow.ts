import {
  type Address,
  concatHex,
  encodeDeployData,
  getContractAddress,
  type Hex,
  keccak256,
  stringToHex,
  type TransactionReceipt,
} from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import { escrowArtifact } from '../contracts/artifact.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import type { EscrowSettings } from './verify-escrow.ts';

/** The deployer of deployments that stands at this address on nearly every chain, Base and anvil among them (EIP-1014). */
export const CREATE2_FACTORY: Address = '0x4e59b44847b379578588920ca78fbf26c0b4956c';

/** Another version of the escrow has another address by its code alone. */
export const ESCROW_SALT: Hex = keccak256(stringToHex('karmakadabra/escrow/1'));

/** An escrow as it would be deployed: `data` goes to the factory, and it can only stand at `address`. */
export interface EscrowPlan {
  readonly address: Address;
  readonly data: Hex;
  readonly initCodeHash: Hex;
}

/**
 * Says at which address an escrow will stand and what deploys it. The address follows from its code, its token and its windows, whoever
 * pays: a deployment that is repeated finds the first one, and nothing else can stand there.
 */
export function planEscrow(token: Address, settings: EscrowSettings): EscrowPlan {
  const args = [token, BigInt(settings.minRevealWindow), BigInt(settings.minDisputeWindow)] as const;
  const bytecode = encodeDeployData({ abi: escrowAbi, bytecode: escrowArtifact.bytecode, args });
  const address = getContractAddress({ opcode: 'CREATE2', from: CREATE2_FACTORY, salt: ESCROW_SALT, bytecode });
  return {
    address: address.toLowerCase() as Address,
    data: concatHex([ESCROW_SALT, bytecode]),
    initCodeHash: keccak256(bytecode),
  };
}

/**
 * Sends the deployment and waits for it.
 * @param gas the limit, in units of gas.
 * @throws what `TransactionSender.send` throws, and SwarmError `market/deploy-reverted`.
 */
export async function deployEscrow(
  payer: TransactionSender,
  plan: EscrowPlan,
  gas: bigint,
): Promise<TransactionReceipt> {
  const receipt = await payer.send({ to: CREATE2_FACTORY, data: plan.data, gas });
  if (receipt.status === 'success') return receipt;
  throw new SwarmError({
    code: 'market/deploy-reverted',
    disposition: 'stop',
    message: `The deployment was reverted in ${receipt.transactionHash}`,
    next: 'Check that the token is a contract and that the windows are allowed: both above zero, together at most 7 days.',
  });
}

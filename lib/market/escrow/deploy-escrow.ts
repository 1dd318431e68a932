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

/** The CREATE2 factory (EIP-1014), which has this address on nearly every chain, including Base and anvil. */
export const CREATE2_FACTORY: Address = '0x4e59b44847b379578588920ca78fbf26c0b4956c';

/** The CREATE2 salt. It needn't change with a new version of the escrow: other code already gives another address. */
export const ESCROW_SALT: Hex = keccak256(stringToHex('karmakadabra/escrow/1'));

/** A planned deployment of an escrow: `data` for the factory, and the resulting `address`. */
export interface EscrowPlan {
  readonly address: Address;
  readonly data: Hex;
  readonly initCodeHash: Hex;
}

/**
 * Computes the address of an escrow and the data that deploys it. The address follows from its code, its token and its
 * windows, whoever pays: a repeated deployment finds the first one, and nothing else can be deployed there.
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

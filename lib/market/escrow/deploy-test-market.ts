import { type Address, encodeDeployData, encodeFunctionData, getContractAddress, type Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { TransactionSender } from '../chain/transaction-sender.ts';
import { type ContractArtifact, escrowArtifact, testUsdcArtifact } from '../contracts/artifact.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import { usdcAbi } from '../contracts/usdc-abi.ts';
import { type EscrowSettings, verifyCode, verifyEscrow, wrongDeployment } from './verify-escrow.ts';

/** The addresses of the market's contracts. */
export interface MarketDeployment {
  readonly token: Address;
  readonly escrow: Address;
}

/**
 * Deploys the test token and the escrow, or finds them if it deployed them before. Their addresses follow from the
 * deployer's address and its first two nonces, so it can be killed at any point and run again. The account must not have
 * sent anything else before.
 * @throws SwarmError `market/wrong-deployment` if another contract is there.
 */
export async function deployMarket(
  client: ChainClient,
  deployer: TransactionSender,
  settings: EscrowSettings,
): Promise<MarketDeployment> {
  const token = await deployAt(client, deployer, 0n, testUsdcArtifact, testUsdcArtifact.bytecode);
  const args = [token, BigInt(settings.minRevealWindow), BigInt(settings.minDisputeWindow)] as const;
  const data = encodeDeployData({ abi: escrowAbi, bytecode: escrowArtifact.bytecode, args });
  const escrow = await deployAt(client, deployer, 1n, escrowArtifact, data);
  await verifyEscrow(client, escrow, token, settings);
  return { token, escrow };
}

/**
 * Mints test tokens. Only the deployer can.
 * @throws what `TransactionSender.send` throws, and SwarmError `market/mint-refused`.
 */
export async function mintTestUsdc(
  deployer: TransactionSender,
  token: Address,
  to: Address,
  amountAtomic: bigint,
): Promise<Hex> {
  const data = encodeFunctionData({ abi: usdcAbi, functionName: 'mint', args: [to, amountAtomic] });
  const receipt = await deployer.send({ to: token, data, gas: 200_000n });
  if (receipt.status === 'success') return receipt.transactionHash;
  throw new SwarmError({
    code: 'market/mint-refused',
    disposition: 'stop',
    message: `The token ${token} refused to mint for ${deployer.account.address}`,
    next: 'Only the account that deployed the test token can mint it.',
  });
}

async function deployAt(
  client: ChainClient,
  { account, send }: TransactionSender,
  nonce: bigint,
  artifact: ContractArtifact,
  data: Hex,
): Promise<Address> {
  const at = getContractAddress({ from: account.address, nonce });
  const code = await readingChain('a contract’s code', () => client.getCode({ address: at }));
  if (code === undefined) {
    const receipt = await send({ data, gas: 5_000_000n });
    if (receipt.contractAddress?.toLowerCase() !== at.toLowerCase()) {
      throw wrongDeployment(
        at,
        `${account.address} has sent other transactions before, or its deployment was reverted`,
      );
    }
  }
  await verifyCode(client, at, artifact);
  return at.toLowerCase() as Address;
}
